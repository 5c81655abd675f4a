// If an OAuth flow starts with a typed address or an external link, the server asks the user before it redirects to Salesforce.
// Afterwards an admin must confirm the connected account.

import type { Page } from "@playwright/test";
import { expectAccessibleInLightAndDark } from "../../support/accessibility.ts";
import { expect, signedIn as test } from "../../support/test.ts";

const ADDRESS = "/api/v1/integrations/salesforce/auth";

/** Starts the OAuth flow as an external link does, and allows access. Afterwards the page shows the integrations board. */
async function connectFromAddress(page: Page): Promise<void> {
  await page.goto(ADDRESS);
  await expect(page.getByRole("heading", { name: "Connect Salesforce?", level: 1 })).toBeVisible();
  await page.getByRole("button", { name: "Continue to Salesforce" }).click();
  await page.getByRole("button", { name: "Allow" }).click();
  await expect(page).toHaveURL(/\/integrations\?connected=salesforce/);
}

test("a typed address asks first, and an admin confirms the account", async ({ page, isLive }) => {
  await page.goto(ADDRESS);
  await expect(page.getByText("Nothing is connected yet.")).toBeVisible();
  if (isLive) await expectAccessibleInLightAndDark(page);
  await connectFromAddress(page);
  const card = page.getByRole("article", { name: "Salesforce" });
  await expect(card.getByText("Needs confirmation", { exact: true })).toBeVisible();
  await expect(card).toContainText("Acme Corporation");
  await expect(card).toContainText("Dana Whitfield");
  if (isLive) await expectAccessibleInLightAndDark(page);

  await card.getByRole("link", { name: /Details/ }).click();
  await expect(page.getByRole("heading", { name: "Is this the right account?" })).toBeVisible();
  await expect(page.getByRole("button", { name: "Create webhook secret" })).toHaveCount(0);
  await page.getByRole("button", { name: "Confirm" }).click();
  await expect(page).toHaveURL(/\/integrations\?connected=salesforce/);
  await expect(card.getByText("Connected", { exact: true })).toBeVisible();
  await expect(card.getByText("Needs confirmation", { exact: true })).toHaveCount(0);
});

test("a declined connection is removed", async ({ page, isLive }) => {
  await connectFromAddress(page);
  const card = page.getByRole("article", { name: "Salesforce" });
  await card.getByRole("button", { name: "Decline" }).click();
  const question = isLive ? page.getByRole("dialog", { name: "Decline Salesforce?" }) : page.getByRole("main");
  await question.getByRole("button", { name: "Decline" }).click();
  await expect(page.locator("#disconnect-receipt")).toContainText("Acme Corporation");
  await expect(card.getByText("Not connected", { exact: true })).toBeVisible();
});
