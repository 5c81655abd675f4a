// Screenshots of the integrations board, with a card in every state.

import { connectSalesforce, connectWithWebhook, importOne, openConnection } from "../support/connection.ts";
import { degrade, loseAccess } from "../support/failures.ts";
import { expect, signedIn as test } from "../support/test.ts";
import { takeForReadme, takePage, takePageAt, takeScreen, takeScreenAt } from "./take.ts";

test("before anything is connected", async ({ page }) => {
  await takePageAt(page, "/integrations", "integrations-new");
  await takeScreenAt(page, "/integrations?error=app_not_installed", "integrations-refused");
  await takePageAt(page, "/integrations/connect/salesforce", "connect-salesforce");
  await takePageAt(page, "/integrations/connect/pipedrive", "connect-pipedrive");
  await page.goto("/integrations");
  await page.getByRole("link", { name: "Connect HubSpot" }).click();
  await expect(page.getByRole("dialog")).toBeVisible();
  await takeScreen(page, "dialog-connect");
});

test("connected, and then no longer", async ({ page, simulator }) => {
  const { contract } = await importOne(page, simulator, "Globex renewal 2027");
  await page.goto(contract);
  await page.getByLabel("Negotiation status").selectOption("in_review");
  await page.getByRole("button", { name: "Save" }).click();
  await expect(page.getByText("Written to Salesforce").first()).toBeVisible();
  await takePageAt(page, "/integrations", "integrations");
  await takeForReadme(page, "integrations");
  await page.getByRole("button", { name: "Disconnect" }).click();
  await expect(page.getByRole("dialog")).toBeVisible();
  await takeScreen(page, "dialog-disconnect");
  await page.getByRole("dialog").getByRole("button", { name: "Disconnect" }).click();
  await expect(page.getByText("Access revoked at Salesforce")).toBeVisible();
  await takeScreen(page, "receipt-message");
  await page.getByRole("link", { name: "Dismiss the message" }).click();
  await takePage(page, "receipt");
});

test("paused", async ({ page }) => {
  await connectSalesforce(page);
  await openConnection(page);
  await page.getByRole("button", { name: "Pause" }).click();
  await expect(page.getByRole("button", { name: "Resume" })).toBeVisible();
  await takeScreenAt(page, new URL(page.url()).pathname, "connection-paused");
  await takeScreenAt(page, "/integrations", "integrations-paused");
});

test("degraded", async ({ page, simulator }) => {
  const connection = await connectWithWebhook(page, simulator);
  await degrade(page, simulator);
  await takeScreenAt(page, connection, "connection-degraded");
  await takeScreenAt(page, "/integrations", "integrations-degraded");
});

test("to be reconnected", async ({ page, simulator }) => {
  const connection = await connectWithWebhook(page, simulator);
  await loseAccess(page, simulator);
  await takeScreenAt(page, connection, "connection-needs-reconnect");
  await takeScreenAt(page, "/integrations", "integrations-needs-reconnect");
  await takePageAt(page, `${connection}/reconnect`, "reconnect");
});
