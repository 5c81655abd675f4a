// Helper that fills an organization with data of every kind that pages show.

import type { Browser, Page } from "@playwright/test";
import { connectWithWebhook, opportunityWith } from "./connection.ts";
import { analysed, contractNamed, upload, uploadUnreadable } from "./contracts.ts";
import { twoDrafts } from "./drafts.ts";
import { joinAs } from "./people.ts";
import type { Simulator } from "./simulator.ts";

export interface Seeded {
  connection: string;
  contract: string;
  compare: string;
  unreadable: string;
  opportunity: string;
}

/**
 * Connects Salesforce, which has older deals, and creates several contracts, another user and an API token. Returns the paths of
 * some of their pages, and the id of the Opportunity.
 */
export async function seed(page: Page, simulator: Simulator, browser: Browser): Promise<Seeded> {
  await simulator.createOpportunities({ count: 3, stage: "Needs Legal Review", record_type: "Renewal", at: "2025-03-01T10:00:00Z" });
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
  await page.getByText("All checks passed.").waitFor();
  await page.goto("/settings/tokens");
  await page.getByLabel("Name").fill("Nightly export");
  await page.getByRole("button", { name: "Create token" }).click();
  await page.getByLabel("New API token", { exact: true }).waitFor();
  return { connection, contract, compare: `${drafts}/compare?from=1&to=2`, unreadable, opportunity };
}
