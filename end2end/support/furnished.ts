// An organization with something of everything, and the addresses of all its pages.

import type { Browser, Page } from "@playwright/test";
import { connectWithWebhook, opportunityWith } from "./connection.ts";
import { analysed, contractNamed, upload, uploadUnreadable } from "./contracts.ts";
import { twoDrafts } from "./drafts.ts";
import { joinAs } from "./people.ts";
import type { Simulator } from "./simulator.ts";

export interface Furnished {
  connection: string;
  contract: string;
  compare: string;
  unreadable: string;
  opportunity: string;
}

/** Connects Salesforce, makes contracts of several kinds, a colleague and a token. */
export async function furnish(page: Page, simulator: Simulator, browser: Browser): Promise<Furnished> {
  const connection = await connectWithWebhook(page, simulator);
  const opportunity = await opportunityWith(simulator, "Globex renewal 2027", ["Globex v1.pdf", "Globex v2.pdf"]);
  await simulator.setStage(opportunity, "Needs Legal Review");
  const contract = `/contracts/${await contractNamed(page, "Globex renewal 2027")}`;
  const drafts = await twoDrafts(page, simulator, "Two drafts");
  await analysed(page, await upload(page, "Supply agreement with Initech"));
  const unreadable = `/contracts/${await uploadUnreadable(page, "Scanned lease")}`;
  await (await joinAs("member", "Grace Hopper", page, browser)).context.close();
  await page.goto(connection);
  await page.getByRole("button", { name: "Test connection" }).click();
  await page.getByText("Everything is in order.").waitFor();
  await page.goto("/settings/tokens");
  await page.getByLabel("Name").fill("Nightly export");
  await page.getByRole("button", { name: "Create token" }).click();
  await page.getByLabel("New API token", { exact: true }).waitFor();
  return { connection, contract, compare: `${drafts}/compare?from=1&to=2`, unreadable, opportunity };
}
