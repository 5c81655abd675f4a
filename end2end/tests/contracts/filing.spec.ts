// Filing of approved versions in Salesforce: as a new version of the same file, once, and again after a failure.

import type { Page } from "@playwright/test";
import { changeSettings, eventually, importOne } from "../../support/connection.ts";
import { AGREEMENT } from "../../support/contracts.ts";
import { pdf } from "../../support/pdf.ts";
import type { Simulator } from "../../support/simulator.ts";
import { expect, signedIn as test } from "../../support/test.ts";

interface FileInSalesforce {
  file_name: string;
  version_number: string;
}

interface State {
  orgs: { production: { opportunities: { Id: string; files: FileInSalesforce[] }[] } };
}

/** Adds a version to a contract, as a user does. `contract` is the path of its page. */
async function uploadVersion(page: Page, contract: string): Promise<void> {
  const origin = new URL(process.env.LEXICONTRACT_URL ?? "").origin;
  const file = { name: "Reviewed.pdf", mimeType: "application/pdf", buffer: pdf([...AGREEMENT, "4. Reviewed by counsel."]) };
  const response = await page.request.post(`/api/v1${contract}/versions`, { multipart: { file }, headers: { origin } });
  expect(response.status(), await response.text()).toBe(201);
}

async function approve(page: Page, contract: string): Promise<void> {
  await page.goto(contract);
  await page.getByLabel("Negotiation status").selectOption("approved");
  await page.getByRole("button", { name: "Save" }).click();
}

async function filesOf(simulator: Simulator, opportunity: string): Promise<FileInSalesforce[]> {
  const { opportunities } = (await simulator.state<State>()).orgs.production;
  return opportunities.find(({ Id }) => Id === opportunity)?.files ?? [];
}

test("an approved version is filed as a new version of the same file", async ({ page, simulator, isLive }) => {
  test.setTimeout(60_000);
  const { connection, contract, opportunity } = await importOne(page, simulator, "Initech framework");
  await page.goto(`${connection}/settings`);
  await page.getByLabel("When the contract is approved").check();
  await page.getByRole("button", { name: "Save settings" }).click();
  await expect(page.locator("#settings")).toContainText("When approved");
  await uploadVersion(page, contract);
  await approve(page, contract);
  const versions = page.locator("#versions");
  await eventually(page, isLive, async () => expect(versions.getByText("Filed in Salesforce")).toBeVisible({ timeout: 4_000 }));
  const [file, ...others] = await filesOf(simulator, opportunity);
  expect(others).toEqual([]);
  expect([file?.file_name, file?.version_number]).toEqual(["Reviewed.pdf", "2"]);
});

test("a version that could not be filed is filed after the cause is fixed", async ({ page, simulator, isLive }) => {
  test.setTimeout(60_000);
  const { connection, contract, opportunity } = await importOne(page, simulator, "Vandelay import");
  await changeSettings(page, connection, { file_back: { on: ["approved"] } });
  await simulator.allowFiles(false);
  await uploadVersion(page, contract);
  await approve(page, contract);
  const again = page.getByRole("button", { name: "Try again" });
  await eventually(page, isLive, async () => expect(again).toBeVisible({ timeout: 4_000 }));
  await expect(page.getByText("Deal not updated")).toBeVisible();
  await simulator.allowFiles(true);
  await again.click();
  await expect(page.getByRole("status").first()).toContainText("The version is being filed");
  const filed = page.locator("#versions").getByText("Filed in Salesforce");
  await eventually(page, isLive, async () => expect(filed).toBeVisible({ timeout: 4_000 }));
  expect(await filesOf(simulator, opportunity)).toHaveLength(1);
});

test("a contract that was approved before can be filed on request", async ({ page, simulator, isLive }) => {
  test.setTimeout(60_000);
  const { contract, opportunity } = await importOne(page, simulator, "Wayne supply");
  await uploadVersion(page, contract);
  await approve(page, contract);
  await page.getByRole("button", { name: "File in Salesforce" }).click();
  const filed = page.locator("#versions").getByText("Filed in Salesforce");
  await eventually(page, isLive, async () => expect(filed).toBeVisible({ timeout: 4_000 }));
  expect(await filesOf(simulator, opportunity)).toHaveLength(1);
});
