// A member repairs a contract: another version, title or deal. An admin erases it.

import { expectAccessibleInLightAndDark } from "../../support/accessibility.ts";
import { connectSalesforce, opportunityWith } from "../../support/connection.ts";
import { AGREEMENT, upload } from "../../support/contracts.ts";
import { pdf } from "../../support/pdf.ts";
import { expect, signedIn as test } from "../../support/test.ts";

const file = (name: string) => ({ name, mimeType: "application/pdf", buffer: pdf(AGREEMENT) });

test("a new version and another title are stored", async ({ page }) => {
  const id = await upload(page, "Globex supply", ["Draft"]);
  await page.goto(`/contracts/${id}`);
  const manage = page.getByRole("region", { name: "Manage" });
  await manage.getByText("Upload a new version").click();
  await manage.getByLabel("File", { exact: true }).setInputFiles(file("Signed.pdf"));
  await manage.getByRole("button", { name: "Upload version" }).click();
  await expect(page.getByRole("status").filter({ hasText: "The new version has been stored" })).toBeVisible();
  await expect(page.locator("#versions")).toContainText("Version 2: Signed.pdf");

  await manage.getByText("Upload a new version").click();
  await manage.getByLabel("File", { exact: true }).setInputFiles(file("Again.pdf"));
  await manage.getByRole("button", { name: "Upload version" }).click();
  await expect(page.getByRole("status").filter({ hasText: "the same content" })).toBeVisible();
  await expect(page.locator("#versions")).not.toContainText("Version 3");

  await manage.getByText("Change the title").click();
  await manage.getByLabel("Title").fill("Globex frame agreement");
  await manage.getByRole("button", { name: "Change title" }).click();
  await expect(page.getByRole("heading", { name: "Globex frame agreement", level: 1 })).toBeVisible();
  await expect(page.locator("#timeline")).toContainText("changed the title from “Globex supply” to “Globex frame agreement”");
});

test("a contract is linked to a deal and unlinked", async ({ page, simulator }) => {
  await connectSalesforce(page);
  const deal = await opportunityWith(simulator, "Umbrella supply", []);
  const id = await upload(page, "Umbrella", ["Draft"]);
  await page.goto(`/contracts/${id}`);
  const manage = page.getByRole("region", { name: "Manage" });
  await manage.getByText("Link to a deal").click();
  await manage.getByLabel("Deal", { exact: true }).fill("no deal");
  await manage.getByRole("button", { name: "Link to this deal" }).click();
  await expect(page.getByRole("alert")).toContainText("There is no ID in this text");
  await expect(manage.getByLabel("Deal", { exact: true })).toHaveValue("no deal");
  await manage.getByLabel("Deal", { exact: true }).fill(deal);
  await manage.getByRole("button", { name: "Link to this deal" }).click();
  await expect(page.getByRole("status").filter({ hasText: "linked to the deal" })).toBeVisible();
  await expect(page.getByRole("main")).toContainText("Umbrella supply");

  await manage.getByText("Change the deal").click();
  await manage.getByRole("button", { name: "Remove the link" }).click();
  await expect(page.getByRole("status").filter({ hasText: "no longer linked" })).toBeVisible();
  await expect(manage.getByText("Link to a deal")).toBeVisible();
});

test("an erasure is confirmed, and its receipt is shown once", async ({ page, isLive, consoleErrors }) => {
  const id = await upload(page, "Globex supply", ["Draft"]);
  await page.goto(`/contracts/${id}`);
  await page.getByRole("button", { name: "Erase …" }).click();
  const question = isLive ? page.getByRole("dialog", { name: "Erase the contract?" }) : page.getByRole("main");
  for (const words of ["What is erased", "What stays"]) {
    await expect(question.getByRole("heading", { name: words })).toBeVisible();
  }
  await expect(question).toContainText("1 version with its file, text and findings");
  if (isLive) await expectAccessibleInLightAndDark(page);
  await question.getByRole("button", { name: "Cancel" }).click();
  await expect(page.getByRole("heading", { name: "Globex supply", level: 1 })).toBeVisible();

  await page.getByRole("button", { name: "Erase …" }).click();
  await question.getByRole("button", { name: "Erase", exact: true }).click();
  const receipt = page.locator("#erasure-receipt");
  await expect(receipt).toContainText(id);
  await expect(receipt).not.toContainText("Globex");
  await expect(page.getByText("No contracts yet")).toBeVisible();
  await page.reload();
  await expect(receipt).toBeHidden();
  expect((await page.goto(`/contracts/${id}`))?.status()).toBe(404);
  // Browsers report the status 404 of a page as an error.
  consoleErrors.length = 0;
});
