// Navigation with Back, and work in several tabs.

import { connectSalesforce, openConnection } from "../../support/connection.ts";
import { signIn } from "../../support/people.ts";
import { expect, signedIn as test } from "../../support/test.ts";

test("repeated consent after Back creates one connection", async ({ page }) => {
  await connectSalesforce(page);
  await page.goBack();
  await expect(page.getByRole("button", { name: "Allow" })).toBeVisible();
  await page.getByRole("button", { name: "Allow" }).click();
  // The second consent repeats the callback. The server responds with the result of the first callback.
  await expect(page).toHaveURL(/\/integrations\?connected=salesforce/);
  const card = page.getByRole("article", { name: "Salesforce" });
  await expect(card.getByText("Connected", { exact: true })).toHaveCount(1);
});

test("Back to the board shows the new connection", async ({ page }) => {
  await connectSalesforce(page);
  await openConnection(page);
  await page.goBack();
  const card = page.getByRole("article", { name: "Salesforce" });
  await expect(card.getByText("Connected", { exact: true })).toHaveCount(1);
  await expect(card.getByRole("button", { name: "Connect Salesforce" })).toHaveCount(0);
});

test("a connection that was disconnected in another tab is reported as gone", async ({ page, context, consoleErrors }) => {
  await connectSalesforce(page);
  const connection = await openConnection(page);
  const other = await context.newPage();
  await other.goto(`${connection}/disconnect`);
  await other.getByRole("button", { name: "Disconnect" }).click();
  await expect(other.locator("#disconnect-receipt")).toBeVisible();
  await page.getByRole("button", { name: "Create webhook secret" }).click();
  await expect(page.getByRole("main")).toContainText(/not there|not found|no longer/i);
  await page.getByRole("link", { name: "Integrations" }).first().click();
  await expect(page.getByRole("article", { name: "Salesforce" }).getByText("Not connected", { exact: true })).toBeVisible();
  // The page and its polling receive 404, as expected. Chromium logs each of these responses as an error.
  consoleErrors.length = 0;
});

test("a form is saved after the sign-out in another tab", async ({ page, context, organization }) => {
  await page.goto("/settings/tokens");
  await page.getByLabel("Name").fill("Nightly export");
  const other = await context.newPage();
  await other.goto("/contracts");
  await other.getByRole("button", { name: "Sign out" }).click();
  await expect(other).toHaveURL(/\/login/);
  await page.getByRole("button", { name: "Create token" }).click();
  await expect(page).toHaveURL(/\/login/);
  await signIn(page, organization.email, organization.password);
  await expect(page.getByText("Nightly export")).toBeVisible();
  await page.getByRole("button", { name: "Send now" }).click();
  await expect(page.getByRole("row").filter({ hasText: "Nightly export" })).toHaveCount(1);
});
