// The steps of a delivery, failed deliveries, refused calls, and the fact sheet of a connection.

import { readFile } from "node:fs/promises";
import type { APIRequestContext, Page } from "@playwright/test";
import { connectWithWebhook, eventually, importOne } from "../../support/connection.ts";
import { expect, signedIn as test } from "../../support/test.ts";

interface Sender {
  address: string;
  secret: string;
}

/** Address and secret on the page of a connection, whose secret was just created. */
async function senderOn(page: Page): Promise<Sender> {
  const shown = async (label: string) => (await page.getByLabel(label, { exact: true }).textContent())?.trim() ?? "";
  return { address: await shown("Webhook address"), secret: await shown("Webhook secret") };
}

/** Calls the webhook; returns the status of the response. */
async function call(request: APIRequestContext, { address, secret }: Sender, data: unknown): Promise<number> {
  const headers = { "content-type": "application/json", "x-webhook-secret": secret };
  return (await request.post(address, { data: JSON.stringify(data), headers })).status();
}

test("a delivery shows its steps, and leads to its contract and back", async ({ page, simulator, isLive }) => {
  test.setTimeout(60_000);
  const { connection, opportunity } = await importOne(page, simulator, "Globex renewal");
  await page.goto(connection);
  await page.getByRole("link", { name: `Steps of the delivery of ${opportunity}` }).click();
  await expect(page.getByRole("heading", { name: "Delivery of Globex renewal", level: 1 })).toBeVisible();
  const steps = page.getByRole("table", { name: "Steps of the delivery" });
  for (const step of ["Received", "Waiting", "Deal read", "Files listed", "File chosen", "Downloaded", "Version stored"]) {
    const row = steps.getByRole("row").filter({ hasText: step });
    await expect(row).toBeVisible();
    await expect(row).toContainText(/\d (ms|s)/);
  }
  await expect(steps).toContainText("Salesforce reported the Opportunity");
  await page.getByRole("link", { name: "Open contract" }).click();
  await page.getByRole("link", { name: "Delivery steps" }).first().click();
  await expect(page.getByRole("heading", { name: "Delivery of Globex renewal", level: 1 })).toBeVisible();
  await page.getByRole("button", { name: "Redeliver" }).click();
  await expect(page.getByRole("status").first()).toContainText("runs again");
  await eventually(page, isLive, async () => {
    await expect(steps).toContainText("requested the delivery again", { timeout: 4_000 });
    await expect(steps).toContainText("File unchanged", { timeout: 4_000 });
  });
});

test("failed deliveries are filtered and run again together", async ({ page, request, simulator, isLive }) => {
  const connection = await connectWithWebhook(page, simulator);
  const sender = await senderOn(page);
  const { orgs } = await simulator.state<{ orgs: { production: { organization_id: string } } }>();
  const unknown = { OrganizationId: orgs.production.organization_id, OpportunityIds: ["006ak00000OQ4RxAAL", "006ak00000OQ4RyAAL"] };
  expect(await call(request, sender, unknown)).toBe(202);
  await page.goto(connection);
  const deliveries = page.locator("#deliveries");
  await eventually(page, isLive, () => expect(deliveries.getByRole("cell").getByText("Failed", { exact: true })).toHaveCount(2, { timeout: 4_000 }));
  await deliveries.getByLabel("Status").selectOption("Done");
  await deliveries.getByRole("button", { name: "Show" }).click();
  await expect(deliveries).toContainText("No deliveries match this filter.");
  await deliveries.getByLabel("Status").selectOption("Failed");
  await deliveries.getByRole("button", { name: "Show" }).click();
  await expect(page).toHaveURL(/status=failed/);
  await expect(deliveries.getByRole("cell").getByText("Failed", { exact: true })).toHaveCount(2);

  await deliveries.getByText("Redeliver all failed").click();
  await expect(deliveries).toContainText("Repeats 2 failed deliveries from the first attempt");
  await deliveries.getByRole("button", { name: "Redeliver failed deliveries" }).click();
  await expect(page.getByRole("status").first()).toContainText("The failed deliveries run again");
});

test("a refused call is listed with what to do, and without its secret", async ({ page, request, simulator }) => {
  const connection = await connectWithWebhook(page, simulator);
  const sender = await senderOn(page);
  const refused = page.locator("#refused-calls");
  await expect(refused).toContainText("No call with a secret of this connection was refused");
  expect(await call(request, { ...sender, secret: "lcwh_unknown" }, {})).toBe(401);
  const other = { OrganizationId: "00D000000000001EAA", OpportunityId: "006ak00000OQ4RxAAL" };
  for (let times = 0; times < 3; times += 1) expect(await call(request, sender, other)).toBe(401);
  await page.goto(connection);
  await expect(refused.getByRole("listitem")).toHaveCount(1);
  await expect(refused).toContainText("401 Other account");
  await expect(refused).toContainText("3 times");
  await expect(refused).toContainText("Check that the caller is in the connected account");
  expect(await page.content()).not.toContain(sender.secret);
});

test("this connection says what it reads and writes, as a file too", async ({ page, simulator }) => {
  const connection = await connectWithWebhook(page, simulator);
  const sender = await senderOn(page);
  await page.goto(connection);
  const card = page.locator("#state-card");
  await expect(card.getByRole("heading", { name: "This connection" })).toBeVisible();
  for (const fact of ["Next poll", "API calls of the day", "Scopes used", "Expires if unused"]) await expect(card).toContainText(fact);
  await card.getByText("What is read and written").click();
  await expect(card.getByRole("listitem").filter({ hasText: "ContentVersion" })).toContainText("VersionData");
  const download = page.waitForEvent("download");
  await card.getByRole("link", { name: "Download fact sheet" }).click();
  const file = await download;
  expect(file.suggestedFilename()).toMatch(/^Salesforce fact sheet \d{4}-\d\d-\d\d\.html$/);
  const text = await readFile(await file.path(), "utf8");
  for (const part of ["LexiContract_Status__c", "AES-128-CBC", "Revocation", "X-Webhook-Secret"]) expect(text).toContain(part);
  expect(text).not.toContain(sender.secret.slice(5));
});
