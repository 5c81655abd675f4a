import { expectAccessibleInLightAndDark } from "../../support/accessibility.ts";
import { changeSettings, connectSalesforce, enterWebhookSecret, eventually, openConnection, opportunityWith, wayIn } from "../../support/connection.ts";
import { expect, signedIn as test } from "../../support/test.ts";

test("with polling, the checklist has no webhook steps", async ({ page }) => {
  await connectSalesforce(page);
  const connection = await openConnection(page);
  const setup = page.locator("#setup");
  await expect(page.getByRole("heading", { name: "Setup: 1 of 6 steps done" })).toBeVisible();
  await expect(setup).toContainText("Wait for the first poll");
  await expect(setup).not.toContainText("Create a webhook secret");
  await page.getByRole("button", { name: "Test connection" }).click();
  await expect(page.getByText("All checks passed.")).toBeVisible();
  await expect(page.getByRole("heading", { name: "Setup: 3 of 6 steps done" })).toBeVisible();

  await page.goto(`${connection}/settings`);
  await page.getByRole("combobox", { name: "Polling interval" }).selectOption("Off");
  await page.getByRole("button", { name: "Save settings" }).click();
  await expect(page.getByRole("heading", { name: "Setup: 3 of 7 steps done" })).toBeVisible();
  await expect(setup).toContainText("Create a webhook secret");
  await expect(setup).toContainText("Receive the first call");
  await expect(setup).not.toContainText("Wait for the first poll");
  await expect(wayIn(page, "Polling")).toContainText("Off. An admin can switch it on in the settings.");
});

test("without polling, the checklist follows the setup up to the first contract, whose status is written at once", async ({ page, simulator, isLive }) => {
  test.setTimeout(90_000);
  await connectSalesforce(page);
  const connection = await openConnection(page);
  await changeSettings(page, connection, { poll_seconds: 0 });
  await page.goto(connection);
  await expect(page.getByRole("heading", { name: "Setup: 1 of 7 steps done" })).toBeVisible();
  await expect(page.getByRole("button", { name: "Download setup package" })).toBeVisible();
  await expect(page.getByText("Your Salesforce administrator").first()).toBeVisible();

  await page.getByRole("button", { name: "Test connection" }).click();
  await expect(page.getByText("All checks passed.")).toBeVisible();
  await expect(page.getByText("Status field writable")).toBeVisible();
  await expect(page.getByRole("heading", { name: "Setup: 3 of 7 steps done" })).toBeVisible();

  await enterWebhookSecret(page, simulator);
  await expect(page.getByText("never used")).toBeVisible();
  await expect(wayIn(page, "Webhook call")).toContainText("Ready");
  if (isLive) await expectAccessibleInLightAndDark(page);
  const opportunity = await opportunityWith(simulator, "Initech rollout", ["Initech MSA.pdf"]);
  await simulator.setStage(opportunity, "Needs Legal Review");
  await eventually(page, isLive, async () => {
    await expect(page.getByRole("heading", { name: "Setup: complete" })).toBeVisible({ timeout: 4_000 });
    await expect(page.getByRole("link", { name: "Open contract" })).toBeVisible({ timeout: 4_000 });
  });
  await expect(wayIn(page, "Webhook call")).toContainText("In use");
  await page.getByRole("button", { name: "Redeliver" }).click();
  await expect(page.getByRole("status").first()).toContainText("runs again");
});

test("a failed check is shown on its step, with who can fix it", async ({ page, simulator, request }) => {
  await request.post(`${simulator.url}/control/fields`, { data: { status_field: "missing" } });
  await connectSalesforce(page);
  await openConnection(page);
  await page.getByRole("button", { name: "Test connection" }).click();
  await expect(page.getByText("Some checks failed.")).toBeVisible();
  await expect(page.locator("#setup").getByText(/Opportunity has no field LexiContract_Status__c/)).toBeVisible();
  await request.post(`${simulator.url}/control/fields`, { data: { status_field: "present" } });
  await page.getByRole("button", { name: "Test connection" }).click();
  await expect(page.getByText("Status field found and writable")).toBeVisible();
});
