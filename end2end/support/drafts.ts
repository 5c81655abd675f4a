// Helper that imports a contract with two versions. The versions differ in the length of the term.

import { expect, type Page } from "@playwright/test";
import { contractNamed } from "./contracts.ts";
import { pdf } from "./pdf.ts";
import type { Simulator } from "./simulator.ts";

const draft = (years: string) => pdf(["Agreement", "", "1. Term", `The term is ${years} years.`, "", "2. Fees", "Net 30 days."]);

/** Imports a contract with two versions. Requires a connection with a webhook. Returns the path of the contract. */
export async function twoDrafts(page: Page, simulator: Simulator, name: string): Promise<string> {
  const opportunity = await simulator.createOpportunity({ name, account_name: "Globex", stage: "Prospecting" });
  let id = "";
  for (const [years, wanted] of [["two", "completed"], ["three", "completed completed"]] as const) {
    await simulator.setStage(opportunity, "Prospecting");
    await simulator.addFile(opportunity, { file_name: `Draft ${years}.pdf`, content_base64: draft(years).toString("base64") });
    await simulator.setStage(opportunity, "Needs Legal Review");
    id ||= await contractNamed(page, name);
    await expect.poll(() => analyses(page, id), { timeout: 20_000 }).toBe(wanted);
  }
  return `/contracts/${id}`;
}

/** Returns the analysis statuses of all versions, separated by spaces. */
async function analyses(page: Page, id: string): Promise<string> {
  const contract = (await (await page.request.get(`/api/v1/contracts/${id}`)).json()) as { versions: { analysis: { status: string } }[] };
  return contract.versions.map((version) => version.analysis.status).join(" ");
}
