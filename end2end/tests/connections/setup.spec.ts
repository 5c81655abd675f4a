import { expectAccessibleInLightAndDark } from "../../support/accessibility.ts";
import { connectSalesforce, enterWebhookSecret, eventually, openConnection, opportunityWith } from "../../support/connection.ts";
import { expect, signedIn as test } from "../../support/test.ts";

test("the checklist follows the setup up to the first contract, whose status is written at once", async ({ page, simulator, isLive }) => {
  test.setTimeout(90_000);
  await connectSalesforce(page);
  await openConnection(page);
  await expect(page.getByRole("heading", { name: "Setup: 1 of 7 steps done" })).toBeVisible();
  await expect(page.getByRole("button", { name: "Download setup package" })).toBeVisible();
  await expect(page.getByText("Your Salesforce administrator").first()).toBeVisible();

  await page.getByRole("button", { name: "Test connection" }).click();
  await expect(page.getByText("All checks passed.")).toBeVisible();
  await expect(page.getByText("Status field writable")).toBeVisible();
  await expect(page.getByRole("heading", { name: "Setup: 3 of 7 steps done" })).toBeVisible();

  await enterWebhookSecret(page, simulator);
  await expect(page.getByText("never used")).toBeVisible();
  if (isLive) await expectAccessibleInLightAndDark(page);
  const opportunity = await opportunityWith(simulator, "Initech rollout", ["Initech MSA.pdf"]);
  await simulator.setStage(opportunity, "Needs Legal Review");
  await eventually(page, isLive, async () => {
    await expect(page.getByRole("heading", { name: "Setup: complete" })).toBeVisible({ timeout: 4_000 });
    await expect(page.getByRole("link", { name: "Open contract" })).toBeVisible({ timeout: 4_000 });
  });
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
