// Contracts without Salesforce: uploaded through the API.

import { expect, type Page } from "@playwright/test";
import { pdf } from "./pdf.ts";

/** A short contract with clauses that the embedded analyser finds. */
export const AGREEMENT = [
  "MASTER SERVICES AGREEMENT",
  "",
  "This Master Services Agreement is made as of March 1, 2026 between Northwind Traders, Inc.,",
  "a New York corporation, and Globex Corporation, a Delaware corporation.",
  "",
  "1. Term. The initial term of this Agreement is two (2) years from the effective date. It shall",
  "automatically renew for successive one-year terms unless either party gives notice of",
  "non-renewal at least ninety (90) days before the end of the term.",
  "",
  "2. Non-Competition. During the term Supplier shall not compete with Customer in any market.",
  "",
  "3. Governing Law. This Agreement shall be governed by and construed in accordance with the",
  "laws of the State of New York.",
];

/** Uploads a document as the person who is signed in; answers the contract's id. */
export async function upload(page: Page, title: string, lines = AGREEMENT): Promise<string> {
  const origin = new URL(process.env.LEXICONTRACT_URL ?? "").origin;
  const answer = await page.request.post("/api/v1/contracts/", {
    multipart: { title, file: { name: `${title}.pdf`, mimeType: "application/pdf", buffer: pdf(lines) } },
    headers: { origin },
  });
  expect(answer.status(), await answer.text()).toBe(201);
  return ((await answer.json()) as { id: string }).id;
}

/** Waits until the newest version of a contract has been analysed. */
export async function analysed(page: Page, id: string): Promise<void> {
  await expect
    .poll(async () => {
      const contract = (await (await page.request.get(`/api/v1/contracts/${id}`)).json()) as {
        versions: { analysis: { status: string } }[];
      };
      return contract.versions.at(-1)?.analysis.status;
    })
    .toBe("completed");
}
