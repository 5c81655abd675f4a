// Screenshots of the contract list and of contract pages, including contracts after failures and concurrent changes.

import { connectWithWebhook, importOne } from "../support/connection.ts";
import { analysed, upload, uploadUnreadable } from "../support/contracts.ts";
import { twoDrafts } from "../support/drafts.ts";
import { expect, signedIn as test } from "../support/test.ts";
import { takePage, takePageAt, takeScreen, takeScreenAt } from "./take.ts";

test("a list, and a contract", async ({ page, simulator }) => {
  await takePageAt(page, "/contracts", "contracts-empty");
  const { contract } = await importOne(page, simulator, "Globex renewal 2027");
  await analysed(page, await upload(page, "Supply agreement with Initech"));
  const unreadable = await uploadUnreadable(page, "Scanned lease");
  await page.goto(contract);
  await page.getByLabel("Negotiation status").selectOption("in_review");
  await page.getByRole("button", { name: "Save" }).click();
  await expect(page.getByText("Written to Salesforce").first()).toBeVisible();
  await takeScreen(page, "contract-saved");
  await takePageAt(page, contract, "contract");
  await takePageAt(page, `${contract}/files`, "contract-files");
  await takePageAt(page, "/contracts", "contracts");
  await page.goto(contract);
  const manage = page.getByRole("region", { name: "Manage" });
  for (const form of ["Upload a new version", "Change the title", "Change the deal"]) await manage.getByText(form).click();
  await takePage(page, "contract-manage");
  await takePageAt(page, `${contract}/erase`, "contract-erase");
  await takeScreenAt(page, `${contract}?problem=conflict&unsaved=approved`, "contract-conflict");
  await takePageAt(page, `/contracts/${unreadable}`, "contract-failed");
});

test("a status that does not reach Salesforce", async ({ page, simulator }) => {
  const { contract } = await importOne(page, simulator, "Hooli licence");
  await simulator.setStatusField("read_only");
  await page.goto(contract);
  await page.getByLabel("Negotiation status").selectOption("approved");
  await page.getByRole("button", { name: "Save" }).click();
  await expect(page.getByRole("button", { name: "Write again now" })).toBeVisible();
  await takeScreenAt(page, contract, "contract-unwritten");
});

test("two versions", async ({ page, simulator }) => {
  await connectWithWebhook(page, simulator);
  const contract = await twoDrafts(page, simulator, "Two drafts");
  await takePageAt(page, `${contract}/compare?from=1&to=2`, "compare");
});
