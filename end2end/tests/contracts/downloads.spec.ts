// Downloading versions of a contract's document, and the setup package.

import { readFile } from "node:fs/promises";
import type { Page } from "@playwright/test";
import { connectSalesforce, enterWebhookSecret, openConnection } from "../../support/connection.ts";
import { AGREEMENT, upload } from "../../support/contracts.ts";
import { pdf } from "../../support/pdf.ts";
import { expect, signedIn as test } from "../../support/test.ts";
import { unzip } from "../../support/zip.ts";

/** Clicks the link or button with this label. Returns the name and the content of the downloaded file. */
async function download(page: Page, label: string): Promise<[string, Buffer]> {
  const started = page.waitForEvent("download");
  await page.getByText(label, { exact: true }).click();
  const file = await started;
  return [file.suggestedFilename(), await readFile(await file.path())];
}

test("a version is downloaded byte for byte", async ({ page }) => {
  const id = await upload(page, "Supply agreement");
  await page.goto(`/contracts/${id}`);
  const [name, bytes] = await download(page, "Supply agreement.pdf");
  expect(name).toBe("Supply agreement.pdf");
  expect(bytes.equals(pdf(AGREEMENT))).toBe(true);
});

test("the setup package is preconfigured for the connection and contains no secret", async ({ page, simulator, baseURL }) => {
  await connectSalesforce(page);
  const connection = await openConnection(page);
  const secret = await enterWebhookSecret(page, simulator);
  await page.goto(`${connection}/settings`);
  await page.getByRole("checkbox", { name: "Closed Won" }).check();
  await page.getByRole("button", { name: "Save settings" }).click();
  await expect(page.locator("#settings")).toContainText("Needs Legal Review, Closed Won");

  const [name, bytes] = await download(page, "Download setup package");
  expect(name).toBe("lexicontract-salesforce-production.zip");
  const files = unzip(bytes);
  expect([...files.keys()]).toContain("sfdx-project.json");
  const contentOf = (ending: string) => [...files].find(([path]) => path.endsWith(ending))?.[1] ?? "";
  expect(contentOf("LexiContract.namedCredential-meta.xml")).toContain(baseURL);
  const stages = [...files].filter(([path]) => path.includes("LexiContract_Stage.")).map(([, content]) => content).join();
  for (const stage of ["Needs Legal Review", "Closed Won"]) expect(stages).toContain(`>${stage}<`);
  expect(contentOf("README.md")).toContain("sf project deploy start");
  for (const [path, content] of files) {
    expect(content.includes(secret) || /lcwh_|whsec_/.test(content), `${path} contains no secret`).toBe(false);
  }
});
