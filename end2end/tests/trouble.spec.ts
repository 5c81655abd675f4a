// A connection in trouble says so, why, what happens next and who can help; and it is well again when the cause is gone.

import { connectWithWebhook, eventually, openConnection } from "../support/connection.ts";
import { degrade, loseAccess } from "../support/trouble.ts";
import { expect, signedIn as test } from "../support/test.ts";

test("while Salesforce does not answer, the connection is degraded and tries again by itself", async ({ page, simulator, isLive }) => {
  test.setTimeout(60_000);
  await connectWithWebhook(page, simulator);
  await degrade(page, simulator);
  const card = page.getByRole("article", { name: "Salesforce" });
  await page.goto("/integrations");
  await expect(card.getByText("Degraded", { exact: true })).toBeVisible();
  await expect(card).toContainText("Salesforce does not answer just now");
  await expect(card).toContainText("Next try");
  await openConnection(page);
  await expect(page.locator("#fault")).toContainText("Salesforce does not answer just now");
  await expect(page.locator("#fault")).toContainText("Next try");
  await expect(page.locator("#state-card")).toContainText("Nobody needs to");
  await simulator.clearFaults();
  await eventually(page, isLive, async () => {
    await expect(page.getByText("Degraded", { exact: true })).toHaveCount(0, { timeout: 4_000 });
    await expect(page.getByRole("link", { name: "Open contract" })).toBeVisible({ timeout: 4_000 });
  });
});

test("a withdrawn access asks for a reconnect, after which settings and secret are as they were", async ({ page, simulator }) => {
  await connectWithWebhook(page, simulator);
  await openConnection(page);
  await page.getByRole("button", { name: "Test connection" }).click();
  await expect(page.getByText("Status field found and writable")).toBeVisible();
  await loseAccess(page, simulator);
  await expect(page.locator("#fault")).toContainText("Needs reconnect");
  // Steps that were done stay done; only the connection itself has to be repaired.
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
  await expect(page.getByText("Everything is in order.")).toBeVisible();
});

test("a key is replaced by one that the provider takes", async ({ page }) => {
  await page.goto("/integrations/connect/hubspot");
  const key = page.getByLabel("Private app access token");
  await key.fill("pat-na1-hubspot-simulator-token");
  await page.getByRole("button", { name: "Connect HubSpot" }).click();
  const card = page.getByRole("article", { name: "HubSpot" });
  await expect(card.getByText("Connected", { exact: true })).toBeVisible();
  await card.getByRole("link", { name: "Reconnect" }).click();
  await expect(page.getByRole("heading", { name: "Reconnect HubSpot", level: 1 })).toBeVisible();
  await key.fill("a-key-of-nobody");
  await page.getByRole("button", { name: "Reconnect" }).click();
  await expect(page.getByRole("alert")).toContainText("does not accept this key");
  await key.fill("pat-na1-hubspot-simulator-token");
  await page.getByRole("button", { name: "Reconnect" }).click();
  await expect(page).toHaveURL(/\/integrations\?connected=hubspot/);
  await expect(card.getByText("Connected", { exact: true })).toHaveCount(1);
});
