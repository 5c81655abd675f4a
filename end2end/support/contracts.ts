import { expect, type Page } from "@playwright/test";
import { pdf } from "./pdf.ts";

/** A short contract with clauses that the built-in analysis engine finds. */
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

/** Uploads a document as the signed-in user. Returns the id of the contract. */
export async function upload(page: Page, title: string, lines = AGREEMENT): Promise<string> {
  return uploadBytes(page, title, pdf(lines));
}

/** Uploads a damaged PDF and waits until its analysis has failed. Returns the id of the contract. */
export async function uploadUnreadable(page: Page, title: string): Promise<string> {
  const id = await uploadBytes(page, title, Buffer.from("%PDF-1.4\nThis is where the document would be.\n%%EOF\n"));
  await expect.poll(() => analysis(page, id)).toBe("failed");
  return id;
}

async function uploadBytes(page: Page, title: string, buffer: Buffer): Promise<string> {
  const origin = new URL(process.env.LEXICONTRACT_URL ?? "").origin;
  const response = await page.request.post("/api/v1/contracts/", {
    multipart: { title, file: { name: `${title}.pdf`, mimeType: "application/pdf", buffer } },
    headers: { origin },
  });
  expect(response.status(), await response.text()).toBe(201);
  return ((await response.json()) as { id: string }).id;
}

/** Waits until a contract with this title exists. Returns its id. */
export async function contractNamed(page: Page, title: string, seconds = 20): Promise<string> {
  let id: string | undefined;
  await expect(async () => {
    const list = (await (await page.request.get(`/api/v1/contracts/?q=${encodeURIComponent(title)}`)).json()) as { items: { id: string }[] };
    id = list.items[0]?.id;
    expect(id, `a contract “${title}”`).toBeTruthy();
  }).toPass({ timeout: seconds * 1_000 });
  return id ?? "";
}

/** Waits until the newest version of a contract has been analysed. */
export async function analysed(page: Page, id: string): Promise<void> {
  await expect.poll(() => analysis(page, id)).toBe("completed");
}

async function analysis(page: Page, id: string): Promise<string | undefined> {
  const contract = (await (await page.request.get(`/api/v1/contracts/${id}`)).json()) as { versions: { analysis: { status: string } }[] };
  return contract.versions.at(-1)?.analysis.status;
}
