import { connectSalesforce, openConnection, opportunityWith } from "../../support/connection.ts";
import { joinAs } from "../../support/people.ts";
import { expect, signedIn as test } from "../../support/test.ts";

test("stages, file rule and labels are saved and applied", async ({ page, simulator }) => {
  await connectSalesforce(page);
  const address = await openConnection(page);
  await page.getByRole("link", { name: "Change settings" }).click();
  await expect(page.getByRole("checkbox", { name: "Needs Legal Review" })).toBeChecked();
  await expect(page.getByLabel("Status field")).toHaveValue("LexiContract_Status__c");
  await page.getByRole("checkbox", { name: "Closed Won" }).check();
  await page.getByRole("radio", { name: /certain name/ }).check();
  await page.getByRole("textbox", { name: "Name", exact: true }).fill("*signed*");
  await page.getByRole("textbox", { name: "In Review", exact: true }).fill("With Legal");
  await page.getByRole("button", { name: "Save settings" }).click();

  await expect(page.getByRole("status").first()).toContainText("saved");
  const settings = page.locator("#settings");
  await expect(settings).toContainText("Needs Legal Review, Closed Won");
  await expect(settings).toContainText("with a name like “*signed*”");
  await expect(settings).toContainText("1 custom value");

  const opportunity = await opportunityWith(simulator, "Hooli licence", ["Hooli signed.pdf", "Hooli draft.pdf"]);
  await page.goto(`${address}/dry-run?record=${opportunity}`);
  await expect(page.locator("#file")).toContainText("Hooli signed.pdf");
  await expect(page.locator("#rejected")).toContainText("Hooli draft.pdf");
});

test("polling, conditions and check boxes are saved and shown again", async ({ page }) => {
  await connectSalesforce(page);
  await openConnection(page);
  await page.getByRole("link", { name: "Change settings" }).click();
  const isStillThere = page.getByRole("checkbox", { name: /^Only if the Opportunity is still in the stage/ });
  const writes = page.getByRole("checkbox", { name: "Write the status as soon as the contract exists" });
  const reopens = page.getByRole("checkbox", { name: "Set an approved contract back to In Review" });
  const interval = page.getByRole("combobox", { name: "Polling interval" });
  const share = page.getByRole("textbox", { name: "Share of the API calls, in percent" });
  await expect(interval).toHaveValue("60");
  await expect(share).toHaveValue("10");
  for (const box of [isStillThere, writes, reopens]) await box.uncheck();
  await interval.selectOption("Every 5 minutes");
  await share.fill("25");
  await page.getByRole("textbox", { name: "No usable file" }).fill("File missing");
  await page.getByRole("button", { name: "Save settings" }).click();

  await expect(page.getByRole("status").first()).toContainText("saved");
  await expect(page.locator("#settings")).toContainText("Every 5 minutes");
  await expect(page.locator("#settings")).toContainText("25 percent of the rest");
  await page.getByRole("link", { name: "Change settings" }).click();
  for (const box of [isStillThere, writes, reopens]) await expect(box).not.toBeChecked();
  await expect(interval).toHaveValue("300");
  await expect(page.getByRole("textbox", { name: "No usable file" })).toHaveValue("File missing");
});

test("an invalid rule is rejected with an explanation", async ({ page }) => {
  await connectSalesforce(page);
  await openConnection(page);
  await page.getByRole("link", { name: "Change settings" }).click();
  await page.getByRole("radio", { name: /certain types/ }).check();
  await page.getByRole("button", { name: "Save settings" }).click();
  await expect(page.getByRole("alert")).toContainText("is invalid");
});

test("a concurrent change is reported, and the submitted values can be saved again", async ({ page, browser }) => {
  await connectSalesforce(page);
  const address = await openConnection(page);
  const grace = await joinAs("admin", "Grace Hopper", page, browser);
  await page.goto(`${address}/settings`);
  await grace.page.goto(`${address}/settings`);
  await grace.page.getByRole("checkbox", { name: "Closed Won" }).check();
  await grace.page.getByRole("button", { name: "Save settings" }).click();
  await expect(grace.page.getByRole("status").first()).toContainText("saved");

  const label = page.getByRole("textbox", { name: "In Review", exact: true });
  await label.fill("With Legal");
  await page.getByRole("button", { name: "Save settings" }).click();
  await expect(page.getByRole("alert").first()).toContainText("Grace Hopper changed these settings after you opened them");
  await expect(page.locator("#saved-now")).toContainText("Needs Legal Review, Closed Won");
  await expect(label).toHaveValue("With Legal");
  await page.getByRole("checkbox", { name: "Closed Won" }).check();
  await page.getByRole("button", { name: "Save settings" }).click();
  await expect(page.getByRole("status").first()).toContainText("saved");
  await expect(page.locator("#settings")).toContainText("Needs Legal Review, Closed Won");
  await expect(page.locator("#settings")).toContainText("1 custom value");
  await grace.context.close();
});
