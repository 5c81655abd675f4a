// A member chooses another file of the deal for a contract.

import { connectWithWebhook, eventually, opportunityWith } from "../../support/connection.ts";
import { analysed, contractNamed } from "../../support/contracts.ts";
import { pdf } from "../../support/pdf.ts";
import { expect, signedIn as test } from "../../support/test.ts";

const draft = (years: string) => pdf(["Agreement", "", "1. Term", `The term is ${years} years.`]).toString("base64");
const PICTURE = Buffer.from([0x89, 0x50, 0x4e, 0x47]).toString("base64");

test("another file becomes the next version, and a picture cannot be chosen", async ({ page, simulator, isLive }) => {
  test.setTimeout(60_000);
  await connectWithWebhook(page, simulator);
  const opportunity = await opportunityWith(simulator, "Umbrella supply", []);
  await simulator.addFile(opportunity, { file_name: "Signed draft.pdf", content_base64: draft("two") });
  await simulator.addFile(opportunity, { file_name: "Price list.pdf", content_base64: draft("three") });
  await simulator.addFile(opportunity, { file_name: "Logo.png", content_base64: PICTURE });
  await simulator.setStage(opportunity, "Needs Legal Review");
  const id = await contractNamed(page, "Umbrella supply");
  await analysed(page, id);
  await page.goto(`/contracts/${id}`);
  await expect(page.locator("#versions")).toContainText("Version 1: Price list.pdf");
  await expect(page.locator("#timeline")).toContainText("Logo.png");

  await page.getByRole("link", { name: "Choose another file" }).click();
  await expect(page.getByRole("heading", { name: "Choose another file", level: 1 })).toBeVisible();
  const choice = (name: string) => page.locator("#files label").filter({ hasText: name });
  await expect(choice("Logo.png")).toContainText("It is a picture.");
  await expect(choice("Logo.png").getByRole("radio")).toBeDisabled();
  await expect(choice("Price list.pdf")).toContainText("This is the current version.");
  await expect(choice("Price list.pdf").getByRole("radio")).toBeDisabled();
  await choice("Signed draft.pdf").getByRole("radio").check();
  await page.getByRole("button", { name: "Import this file" }).click();

  await expect(page.getByRole("status").filter({ hasText: "The file is being imported" })).toBeVisible();
  await eventually(page, isLive, async () => {
    await expect(page.locator("#versions")).toContainText("Version 2: Signed draft.pdf", { timeout: 4_000 });
  });
  await page.goto(`/contracts/${id}/files`);
  await expect(choice("Signed draft.pdf")).toContainText("This is the current version.");
  await expect(choice("Price list.pdf").getByRole("radio")).toBeEnabled();
});
