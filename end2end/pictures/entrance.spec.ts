// Screenshots of the pages for signed-out users, and of error pages.

import { joinAs } from "../support/people.ts";
import { expect, signedIn, test } from "../support/test.ts";
import { takePage, takePageAt, takeScreen, takeScreenAt } from "./take.ts";

test("the ways in", async ({ page, consoleErrors }) => {
  await takePageAt(page, "/login", "login");
  await takeScreenAt(page, "/login?problem=wrong_credentials", "login-refused");
  await takePageAt(page, "/register", "register");
  await takePageAt(page, "/invitations/unknown", "invitation-gone");
  // Chromium logs the 404 response as an error.
  consoleErrors.length = 0;
});

signedIn("an invitation", async ({ page, browser, baseURL }) => {
  await page.goto("/team");
  await page.getByLabel("Name", { exact: true }).fill("Grace Hopper");
  await page.getByLabel("Email").fill("grace@example.com");
  await page.getByRole("button", { name: "Invite", exact: true }).click();
  const address = (await page.getByLabel("Invitation link").textContent())?.trim() ?? "";
  await takePage(page, "team-invited");
  const context = await browser.newContext({ baseURL });
  await takePageAt(await context.newPage(), address, "invitation");
  await context.close();
});

signedIn("what is not there, and what may not be seen", async ({ page, browser, consoleErrors }) => {
  await takePageAt(page, "/nothing/here", "not-found");
  consoleErrors.length = 0;
  const viewer = await joinAs("viewer", "Vera Rubin", page, browser);
  // This route returns a CSV file, and an error page to users without permission.
  await takePageAt(viewer.page, "/settings/audit.csv", "error");
  await viewer.context.close();
});

signedIn("a form that was sent after the session had ended", async ({ page, organization }) => {
  await takeScreenAt(page, "/unfinished", "unfinished-empty");
  await page.goto("/settings/tokens");
  await page.getByLabel("Name").fill("Nightly export");
  await page.context().clearCookies({ name: /session/ });
  await page.getByRole("button", { name: "Create token" }).click();
  await expect(page).toHaveURL(/\/login/);
  await takeScreen(page, "login-kept");
  await page.getByLabel("Email").fill(organization.email);
  await page.getByLabel("Password").fill(organization.password);
  await page.getByRole("button", { name: "Sign in" }).click();
  await expect(page.getByRole("heading", { name: "Not sent yet" })).toBeVisible();
  await takePage(page, "unfinished");
});
