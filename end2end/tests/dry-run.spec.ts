// A dry run: what a call would do, for an id or a pasted link; nothing is written.

import { connectSalesforce, openConnection, opportunityWith } from "../support/connection.ts";
import { expect, signedIn as test } from "../support/test.ts";

test("a pasted link says which file would be taken and writes nothing", async ({ page, simulator }) => {
  await connectSalesforce(page);
  await openConnection(page);
  const id = await opportunityWith(simulator, "Umbrella supply", ["Umbrella v1.pdf", "Umbrella v2.pdf"]);
  await page.getByLabel("Opportunity id or link").fill(`https://acme.lightning.force.com/lightning/r/Opportunity/${id}/view`);
  await page.getByRole("button", { name: "Show what would happen" }).click();
  await expect(page.getByRole("heading", { name: "Dry run", level: 1 })).toBeVisible();
  await expect(page.getByRole("status").first()).toContainText("would make a contract from “Umbrella v2.pdf”");
  await expect(page.locator("#rejected")).toContainText("There is a newer file.");
  await expect(page.locator("#write-back")).toContainText("LexiContract_Status__c");
  await page.goto("/contracts");
  await expect(page.getByRole("link", { name: "Umbrella supply" })).toHaveCount(0);
});

test("what is no Opportunity, and one that Salesforce does not have, are told without losing what was typed", async ({ page }) => {
  await connectSalesforce(page);
  await openConnection(page);
  await page.getByLabel("Opportunity id or link").fill("https://acme.lightning.force.com/lightning/page/home");
  await page.getByRole("button", { name: "Show what would happen" }).click();
  await expect(page.getByRole("alert")).toContainText("no id in it");
  await expect(page.getByLabel("Opportunity id or link")).toHaveValue("https://acme.lightning.force.com/lightning/page/home");
  await page.getByLabel("Opportunity id or link").fill("006ak00000OQ4RxAAL");
  await page.getByRole("button", { name: "Show what would happen" }).click();
  await expect(page.getByRole("alert")).toContainText("Salesforce has no such Opportunity");
});
