// Helpers that connect the simulated Salesforce and set up its webhook.

import { expect, type Locator, type Page } from "@playwright/test";
import { analysed, contractNamed } from "./contracts.ts";
import type { Simulator } from "./simulator.ts";

/** Repeats `look` until it succeeds. If `isLive` is false, reloads the page before each attempt. */
export async function eventually(page: Page, isLive: boolean, look: () => Promise<void>, seconds = 20): Promise<void> {
  await expect(async () => {
    if (!isLive) await page.reload();
    await look();
  }).toPass({ timeout: seconds * 1_000 });
}

/** Connects a Salesforce production org. Afterwards the page shows the integrations board. */
export async function connectSalesforce(page: Page): Promise<void> {
  await page.goto("/integrations");
  await page.getByRole("article", { name: "Salesforce" }).getByRole("button", { name: "Connect Salesforce" }).click();
  await page.getByRole("button", { name: "Allow" }).click();
  await expect(page).toHaveURL(/\/integrations\?connected=salesforce/);
}

/** Opens the page of the Salesforce connection; returns the path of the page. */
export async function openConnection(page: Page): Promise<string> {
  await page.goto("/integrations");
  await page.getByRole("article", { name: "Salesforce" }).getByRole("link", { name: /Details/ }).click();
  await expect(page.getByRole("heading", { name: "Salesforce", level: 1 })).toBeVisible();
  return new URL(page.url()).pathname;
}

/** Returns the path of a connection in the API. `connection` is the path of its page. */
export function apiPath(connection: string): string {
  return `/api/v1/integrations/organization/${connection.split("/").pop()}`;
}

/** Changes settings of a connection through the API. `connection` is the path of its page. */
export async function changeSettings(page: Page, connection: string, metadata: Record<string, unknown>): Promise<void> {
  const origin = new URL(process.env.LEXICONTRACT_URL ?? "").origin;
  const response = await page.request.patch(apiPath(connection), { data: { metadata }, headers: { origin } });
  expect(response.status(), await response.text()).toBe(200);
}

/**
 * Polls the connection every 30 seconds, and starts this interval now. A shorter interval alone takes effect after the next poll,
 * but polling that is switched on starts again.
 */
export async function pollEvery30Seconds(page: Page, connection: string): Promise<void> {
  await changeSettings(page, connection, { poll_seconds: 0 });
  await changeSettings(page, connection, { poll_seconds: 30 });
}

/** The way with this title in the card that shows how deals are found. `page` must show the connection. */
export function wayIn(page: Page, title: string): Locator {
  return page.locator("#ways").getByRole("listitem").filter({ has: page.getByText(title, { exact: true }) });
}

/** Creates a webhook secret on the page of the connection, and enters it in the simulated trigger. Returns the secret. */
export async function enterWebhookSecret(page: Page, simulator: Simulator): Promise<string> {
  await page.getByRole("button", { name: "Create webhook secret" }).click();
  const secret = (await page.getByLabel("Webhook secret", { exact: true }).textContent())?.trim() ?? "";
  const address = (await page.getByLabel("Webhook address", { exact: true }).textContent())?.trim() ?? "";
  await simulator.setWebhook(address, secret);
  return secret;
}

/** Connects Salesforce and sets up the webhook. Afterwards the page shows the connection. Returns the path of this page. */
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

/**
 * Connects Salesforce, imports one Opportunity as a contract, and waits until the contract is analysed. Returns the path of the
 * connection, the path of the contract and the id of the Opportunity.
 */
export async function importOne(page: Page, simulator: Simulator, name: string): Promise<Imported> {
  const connection = await connectWithWebhook(page, simulator);
  const opportunity = await opportunityWith(simulator, name, [`${name}.pdf`]);
  await simulator.setStage(opportunity, "Needs Legal Review");
  const id = await contractNamed(page, name);
  await analysed(page, id);
  return { connection, opportunity, contract: `/contracts/${id}` };
}

/** Creates an Opportunity with files, in a stage that causes no webhook call. Returns the id of the Opportunity. */
export async function opportunityWith(simulator: Simulator, name: string, fileNames: string[]): Promise<string> {
  const id = await simulator.createOpportunity({ name, account_name: "Globex Corporation", stage: "Negotiation/Review" });
  for (const file_name of fileNames) await simulator.addFile(id, { file_name, sample: "Master Services Agreement.pdf" });
  return id;
}
