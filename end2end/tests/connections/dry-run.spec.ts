// Dry runs with an Opportunity's id or with a pasted link.

import { connectSalesforce, openConnection, opportunityWith } from "../../support/connection.ts";
import { expect, signedIn as test } from "../../support/test.ts";

test("a dry run with a pasted link shows the file and changes nothing", async ({ page, simulator }) => {
  await connectSalesforce(page);
  await openConnection(page);
  const id = await opportunityWith(simulator, "Umbrella supply", ["Umbrella v1.pdf", "Umbrella v2.pdf"]);
  await page.getByLabel("Opportunity ID or link").fill(`https://acme.lightning.force.com/lightning/r/Opportunity/${id}/view`);
  await page.getByRole("button", { name: "Show what would happen" }).click();
  await expect(page.getByRole("heading", { name: "Dry run", level: 1 })).toBeVisible();
  await expect(page.getByRole("status").first()).toContainText("would create a contract from “Umbrella v2.pdf”");
  await expect(page.locator("#rejected")).toContainText("There is a newer file.");
  await expect(page.locator("#write-back")).toContainText("LexiContract_Status__c");
  await page.goto("/contracts");
  await expect(page.getByRole("link", { name: "Umbrella supply" })).toHaveCount(0);
});

test("an invalid or unknown Opportunity is reported, and the input is kept", async ({ page }) => {
  await connectSalesforce(page);
  await openConnection(page);
  await page.getByLabel("Opportunity ID or link").fill("https://acme.lightning.force.com/lightning/page/home");
  await page.getByRole("button", { name: "Show what would happen" }).click();
  await expect(page.getByRole("alert")).toContainText("There is no ID in this text");
  await expect(page.getByLabel("Opportunity ID or link")).toHaveValue("https://acme.lightning.force.com/lightning/page/home");
  await page.getByLabel("Opportunity ID or link").fill("006ak00000OQ4RxAAL");
  await page.getByRole("button", { name: "Show what would happen" }).click();
  await expect(page.getByRole("alert")).toContainText("Salesforce has no such Opportunity");
});
