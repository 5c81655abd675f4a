import { signIn } from "../../support/people.ts";
import { expect, signedIn, test } from "../../support/test.ts";

test("a page redirects to the sign-in and back", async ({ browser, organization, baseURL }) => {
  const context = await browser.newContext({ baseURL });
  const stranger = await context.newPage();
  await stranger.goto("/contracts");
  await expect(stranger).toHaveURL(/\/login\?next=/);
  await signIn(stranger, organization.email, organization.password);
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

test("wrong credentials are reported in an alert", async ({ page }) => {
  await page.goto("/login");
  await signIn(page, "unknown@example.com", "not the password");
  await expect(page.getByRole("alert")).toContainText("password is wrong");
});

signedIn("an unknown address and a foreign id are pages with status 404", async ({ page, consoleErrors }) => {
  for (const address of ["/nothing-here", "/contracts/ctr_0199", "/integrations/con_0199", "/contracts/..%2f"]) {
    const answer = await page.goto(address);
    expect(answer?.status(), address).toBe(404);
    await expect(page.getByRole("heading", { level: 1 })).toBeVisible();
  }
  // The 404 responses are expected. Chromium logs each of them as an error.
  consoleErrors.length = 0;
});
