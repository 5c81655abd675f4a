// Failing connections: the page shows the state of the connection, the reason and the next retry, and the connection recovers.

import { connectWithWebhook, eventually, openConnection } from "../../support/connection.ts";
import { degrade, loseAccess } from "../../support/failures.ts";
import { expect, signedIn as test } from "../../support/test.ts";

test("the connection is degraded while Salesforce is unavailable, and recovers automatically", async ({ page, simulator, isLive }) => {
  test.setTimeout(60_000);
  await connectWithWebhook(page, simulator);
  await degrade(page, simulator);
  const card = page.getByRole("article", { name: "Salesforce" });
  await page.goto("/integrations");
  await expect(card.getByText("Degraded", { exact: true })).toBeVisible();
  await expect(card).toContainText("Salesforce isn't responding");
  await expect(card).toContainText("Next retry");
  await openConnection(page);
  await expect(page.locator("#fault")).toContainText("Salesforce isn't responding");
  await expect(page.locator("#fault")).toContainText("Next retry");
  await expect(page.locator("#state-card")).toContainText("No action needed");
  await simulator.clearFaults();
  await eventually(page, isLive, async () => {
    await expect(page.getByText("Degraded", { exact: true })).toHaveCount(0, { timeout: 4_000 });
    await expect(page.getByRole("link", { name: "Open contract" })).toBeVisible({ timeout: 4_000 });
  });
});

test("a reconnect after revoked access keeps settings and secret", async ({ page, simulator }) => {
  await connectWithWebhook(page, simulator);
  await openConnection(page);
  await page.getByRole("button", { name: "Test connection" }).click();
  await expect(page.getByText("Status field found and writable")).toBeVisible();
  await loseAccess(page, simulator);
  await expect(page.locator("#fault")).toContainText("Needs reconnect");
  // Completed setup steps stay completed, except the step that connects Salesforce.
  await page.getByRole("button", { name: "Test connection" }).click();
  await expect(page.locator("#setup")).toContainText("Restore the connection to Salesforce");
  await expect(page.locator("#setup")).toContainText("Permissions checked");
  await expect(page.locator("#setup")).toContainText("Status field found and writable");
  await page.goto("/integrations");
  const card = page.getByRole("article", { name: "Salesforce" });
  await expect(card.getByText("Needs reconnect", { exact: true })).toBeVisible();
  await card.getByRole("button", { name: "Reconnect" }).click();
  await page.getByRole("button", { name: "Allow" }).click();
  await expect(page).toHaveURL(/\/integrations\?connected=salesforce/);
  await expect(card.getByText("Connected", { exact: true })).toHaveCount(1);
  await expect(card.getByText("Needs reconnect", { exact: true })).toHaveCount(0);
  await openConnection(page);
  await expect(page.locator("#webhook")).toContainText("In use");
  await page.getByRole("button", { name: "Test connection" }).click();
  await expect(page.getByText("All checks passed.")).toBeVisible();
});

test("a rejected key is replaced by a valid one", async ({ page }) => {
  await page.goto("/integrations/connect/hubspot");
  const key = page.getByLabel("Private app access token");
  await key.fill("pat-na1-hubspot-simulator-token");
  await page.getByRole("button", { name: "Connect HubSpot" }).click();
  const card = page.getByRole("article", { name: "HubSpot" });
  await expect(card.getByText("Connected", { exact: true })).toBeVisible();
  await card.getByRole("link", { name: "Reconnect" }).click();
  await expect(page.getByRole("heading", { name: "Reconnect HubSpot", level: 1 })).toBeVisible();
  await key.fill("an-unknown-key");
  await page.getByRole("button", { name: "Reconnect" }).click();
  await expect(page.getByRole("alert")).toContainText("does not accept this key");
  await key.fill("pat-na1-hubspot-simulator-token");
  await page.getByRole("button", { name: "Reconnect" }).click();
  await expect(page).toHaveURL(/\/integrations\?connected=hubspot/);
  await expect(card.getByText("Connected", { exact: true })).toHaveCount(1);
});
