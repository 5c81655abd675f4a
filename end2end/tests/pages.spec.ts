// Every page: reachable, in its place, without an accessibility violation, in light and dark.

import { expectAccessible } from "../support/accessibility.ts";
import { expect, test } from "../support/test.ts";

const PAGES = [
  ["/integrations", "Integrations"],
  ["/contracts", "Contracts"],
  ["/team", "Team"],
  ["/settings/tokens", "API tokens"],
  ["/settings/audit", "Audit log"],
  ["/account", "Your account"],
  ["/unfinished", "Not sent yet"],
] as const;

test("signed out, a page leads to sign-in and back", async ({ page, browser, organization }) => {
  const context = await browser.newContext();
  const stranger = await context.newPage();
  await stranger.goto(new URL("/contracts", page.url() === "about:blank" ? process.env.LEXICONTRACT_URL : page.url()).href);
  await expect(stranger).toHaveURL(/\/login\?next=/);
  await stranger.getByLabel("Email").fill(organization.email);
  await stranger.getByLabel("Password").fill(organization.password);
  await stranger.getByRole("button", { name: "Sign in" }).click();
  await expect(stranger).toHaveURL(/\/contracts$/);
  await context.close();
});

test("a new organization registers and sees the board", async ({ page }) => {
  await page.goto("/register");
  await page.getByLabel("Organization").fill("Initech");
  await page.getByLabel("Name", { exact: true }).fill("Peter Gibbons");
  await page.getByLabel("Email").fill(`peter-${Date.now()}-${Math.random().toString(36).slice(2)}@initech.example`);
  await page.getByLabel("Password").fill("a long enough password");
  await page.getByRole("button", { name: "Create account" }).click();
  await expect(page.getByRole("heading", { name: "Integrations", level: 1 })).toBeVisible();
});

test("wrong credentials are told in an alert", async ({ page }) => {
  await page.goto("/login");
  await page.getByLabel("Email").fill("nobody@example.com");
  await page.getByLabel("Password").fill("not the password");
  await page.getByRole("button", { name: "Sign in" }).click();
  await expect(page.getByRole("alert")).toContainText("not right");
});

test("an unknown address and a foreign id are pages with status 404", async ({ page, organization, consoleErrors }) => {
  expect(organization.name).toBeTruthy();
  for (const address of ["/nothing-here", "/contracts/ctr_0199", "/integrations/con_0199", "/contracts/..%2f"]) {
    const answer = await page.goto(address);
    expect(answer?.status(), address).toBe(404);
    await expect(page.getByRole("heading", { level: 1 })).toBeVisible();
  }
  // Chromium reports each 404 of a document as an error.
  consoleErrors.length = 0;
});

for (const colorScheme of ["light", "dark"] as const) {
  test(`no page violates WCAG 2.2 AA in the ${colorScheme}`, async ({ page, organization, javaScriptEnabled }) => {
    test.skip(javaScriptEnabled === false, "axe runs as JavaScript in the page");
    expect(organization.name).toBeTruthy();
    await page.emulateMedia({ colorScheme });
    for (const [address, heading] of PAGES) {
      await page.goto(address);
      await expect(page.getByRole("heading", { name: heading, level: 1 })).toBeVisible();
      await expectAccessible(page);
    }
    await page.context().clearCookies();
    for (const address of ["/login", "/register"]) {
      await page.goto(address);
      await expectAccessible(page);
    }
  });
}
