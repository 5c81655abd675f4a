// The way to a connection: consent at the simulated Salesforce, and the secret of its webhook.

import { expect, type Page } from "@playwright/test";
import { analysed, contractNamed } from "./contracts.ts";
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

/** Makes a webhook secret on the connection's page and gives it to the simulated trigger; answers the secret. */
export async function enterWebhookSecret(page: Page, simulator: Simulator): Promise<string> {
  await page.getByRole("button", { name: "Make webhook secret" }).click();
  const secret = (await page.getByLabel("Webhook secret", { exact: true }).textContent())?.trim() ?? "";
  const address = (await page.getByLabel("Webhook address", { exact: true }).textContent())?.trim() ?? "";
  await simulator.setWebhook(address, secret);
  return secret;
}

/** Connects and hands over the secret; the page is the connection's. Answers its address. */
export async function connectWithWebhook(page: Page, simulator: Simulator): Promise<string> {
  await connectSalesforce(page);
  const connection = await openConnection(page);
  await enterWebhookSecret(page, simulator);
  return connection;
}

export interface Imported {
  connection: string;
  contract: string;
  opportunity: string;
}

/** Connects, and lets one Opportunity become a contract that is analysed; answers the addresses and the Opportunity's id. */
export async function importOne(page: Page, simulator: Simulator, name: string): Promise<Imported> {
  const connection = await connectWithWebhook(page, simulator);
  const opportunity = await opportunityWith(simulator, name, [`${name}.pdf`]);
  await simulator.setStage(opportunity, "Needs Legal Review");
  const id = await contractNamed(page, name);
  await analysed(page, id);
  return { connection, opportunity, contract: `/contracts/${id}` };
}

/** An Opportunity with files, which no call has announced yet. */
export async function opportunityWith(simulator: Simulator, name: string, fileNames: string[]): Promise<string> {
  const id = await simulator.createOpportunity({ name, account_name: "Globex Corporation", stage: "Negotiation/Review" });
  for (const file_name of fileNames) await simulator.addFile(id, { file_name, sample: "Master Services Agreement.pdf" });
  return id;
}
