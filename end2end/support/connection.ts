// The way to a connection: consent at the simulated Salesforce, and the secret of its webhook.

import { expect, type Page } from "@playwright/test";
import type { Simulator } from "./simulator.ts";

/** Live pages change by themselves; without JavaScript a person reloads. */
export async function eventually(page: Page, isLive: boolean, look: () => Promise<void>): Promise<void> {
  await expect(async () => {
    if (!isLive) await page.reload();
    await look();
  }).toPass({ timeout: 20_000 });
}

/** Connects production; the page is the board afterwards. */
export async function connectSalesforce(page: Page): Promise<void> {
  await page.goto("/integrations");
  await page.getByRole("article", { name: "Salesforce" }).getByRole("button", { name: "Connect Salesforce" }).click();
  await page.getByRole("button", { name: "Allow" }).click();
  await expect(page).toHaveURL(/\/integrations\?connected=salesforce/);
}

/** Opens the connection's page; answers its address. */
export async function openConnection(page: Page): Promise<string> {
  await page.goto("/integrations");
  await page.getByRole("article", { name: "Salesforce" }).getByRole("link", { name: /Details/ }).click();
  await expect(page.getByRole("heading", { name: "Salesforce", level: 1 })).toBeVisible();
  return new URL(page.url()).pathname;
}

/** Makes a webhook secret on the connection's page and gives it to the simulated trigger. */
export async function enterWebhookSecret(page: Page, simulator: Simulator): Promise<void> {
  await page.getByRole("button", { name: "Make webhook secret" }).click();
  const secret = (await page.getByLabel("Webhook secret", { exact: true }).textContent())?.trim() ?? "";
  const address = (await page.getByLabel("Webhook address", { exact: true }).textContent())?.trim() ?? "";
  await simulator.setWebhook(address, secret);
}

/** An Opportunity with files, which no call has announced yet. */
export async function opportunityWith(simulator: Simulator, name: string, fileNames: string[]): Promise<string> {
  const id = await simulator.createOpportunity({ name, account_name: "Globex Corporation", stage: "Negotiation/Review" });
  for (const file_name of fileNames) await simulator.addFile(id, { file_name, sample: "Master Services Agreement.pdf" });
  return id;
}
