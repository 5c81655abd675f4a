// A newer version of a signed contract: notice, filter of the list, and dismissal.

import { eventually, importOne } from "../../support/connection.ts";
import { pdf } from "../../support/pdf.ts";
import { expect, signedIn as test } from "../../support/test.ts";

test("a newer version of a signed contract is shown until it is dismissed", async ({ page, simulator, isLive }) => {
  test.setTimeout(60_000);
  const { contract, opportunity } = await importOne(page, simulator, "Initech framework");
  await page.goto(contract);
  await page.getByLabel("Negotiation status").selectOption("signed");
  await page.getByRole("button", { name: "Save" }).click();
  await expect(page.locator("#status-shown")).toHaveText("Signed");

  const content_base64 = pdf(["Agreement", "", "1. Term", "The term is nine years."]).toString("base64");
  await simulator.setStage(opportunity, "Prospecting");
  await simulator.addFile(opportunity, { file_name: "Late draft.pdf", content_base64 });
  await simulator.setStage(opportunity, "Needs Legal Review");
  const notice = page.getByText("A newer version arrived after the contract was approved, signed or rejected.");
  await eventually(page, isLive, async () => expect(notice).toBeVisible({ timeout: 4_000 }));
  await expect(page.locator("#status-shown")).toHaveText("Signed");

  await page.goto("/contracts");
  await page.getByLabel("Needs attention").selectOption("newer_version");
  await page.getByRole("button", { name: "Search" }).click();
  await expect(page).toHaveURL(/attention=newer_version/);
  await page.getByRole("link", { name: "Initech framework" }).click();
  await page.getByRole("button", { name: "Dismiss", exact: true }).click();
  await expect(page.getByRole("status").first()).toContainText("The notice has been dismissed");
  await expect(notice).toHaveCount(0);
});
