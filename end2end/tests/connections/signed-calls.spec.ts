// Webhook calls that are signed according to Standard Webhooks.

import { createHmac, randomUUID } from "node:crypto";
import type { APIRequestContext } from "@playwright/test";
import { connectWithWebhook, eventually, opportunityWith } from "../../support/connection.ts";
import { expect, signedIn as test } from "../../support/test.ts";

interface Sender {
  address: string;
  secret: string;
  key: string;
}

/** Calls the webhook as the Apex trigger does. If `key` is set, signs the call according to Standard Webhooks. */
async function call(request: APIRequestContext, { address, secret, key }: Sender, payload: unknown): Promise<number> {
  const [id, timestamp, data] = [`msg_${randomUUID()}`, String(Math.floor(Date.now() / 1000)), JSON.stringify(payload)];
  const code = createHmac("sha256", Buffer.from(key, "base64")).update(`${id}.${timestamp}.${data}`).digest("base64");
  const signature = key ? { "webhook-id": id, "webhook-timestamp": timestamp, "webhook-signature": `v1,${code}` } : undefined;
  const headers = { "content-type": "application/json", "x-webhook-secret": secret, ...signature };
  return (await request.post(address, { data, headers })).status();
}

test("unsigned calls are rejected when signatures are required", async ({ page, request, simulator, isLive }) => {
  const connection = await connectWithWebhook(page, simulator);
  const shown = async (label: string) => (await page.getByLabel(label, { exact: true }).textContent())?.trim() ?? "";
  const sender = { address: await shown("Webhook address"), secret: await shown("Webhook secret"), key: await shown("Signing key") };
  expect(sender.key).toMatch(/^[\w+/]{43}=$/);
  await page.reload();
  await expect(page.getByText(sender.key)).toHaveCount(0);

  await page.getByRole("link", { name: "Change settings" }).click();
  await expect(page.getByRole("radio", { name: /^No signature/ })).toBeChecked();
  await page.getByRole("radio", { name: /^Required signature/ }).check();
  await page.getByRole("button", { name: "Save settings" }).click();
  await expect(page).toHaveURL(new RegExp(`${connection}\\?`));
  await expect(page.locator("#settings")).toContainText("Required signature");

  const { orgs } = await simulator.state<{ orgs: { production: { organization_id: string } } }>();
  const opportunity = await opportunityWith(simulator, "Signed deal", ["Signed.pdf"]);
  const payload = { OrganizationId: orgs.production.organization_id, OpportunityId: opportunity };
  expect(await call(request, { ...sender, key: "" }, payload)).toBe(401);
  expect(await call(request, sender, payload)).toBe(202);
  await eventually(page, isLive, async () => {
    await expect(page.getByText("last signed call")).toBeVisible({ timeout: 4_000 });
    await expect(page.getByRole("link", { name: "Open contract" })).toBeVisible({ timeout: 4_000 });
  });
});
