import { connectWithWebhook } from "../../support/connection.ts";
import { upload } from "../../support/contracts.ts";
import { twoDrafts } from "../../support/drafts.ts";
import { joinAs } from "../../support/people.ts";
import { expect, signedIn as test } from "../../support/test.ts";

test("a concurrent status change is reported and not overwritten", async ({ page, browser }) => {
  const id = await upload(page, "Shared contract");
  const grace = await joinAs("member", "Grace Hopper", page, browser);
  await grace.page.goto(`/contracts/${id}`);
  await page.goto(`/contracts/${id}`);

  await page.getByLabel("Negotiation status").selectOption("approved");
  await page.getByRole("button", { name: "Save" }).click();
  await expect(page.getByRole("status").filter({ hasText: "saved" })).toBeVisible();

  await grace.page.getByLabel("Negotiation status").selectOption("rejected");
  await grace.page.getByRole("button", { name: "Save" }).click();
  await expect(grace.page.getByRole("alert").first()).toContainText("Someone else changed this");
  await expect(grace.page.getByText("The status is now Approved. Your choice Rejected was not saved.")).toBeVisible();
  await expect(grace.page.getByLabel("Negotiation status")).toHaveValue("rejected");
  await expect(grace.page.locator("#status-shown")).toHaveText("Approved");
  await grace.page.getByRole("button", { name: "Save" }).click();
  await expect(grace.page.locator("#status-shown")).toHaveText("Rejected");
  await grace.context.close();
});

test("a viewer sees no controls to change a contract", async ({ page, browser }) => {
  const id = await upload(page, "Read only");
  const viewer = await joinAs("viewer", "Vera Rubin", page, browser);
  await viewer.page.goto(`/contracts/${id}`);
  await expect(viewer.page.getByRole("heading", { name: "Read only", level: 1 })).toBeVisible();
  await expect(viewer.page.getByRole("button", { name: "Save" })).toHaveCount(0);
  await viewer.page.goto("/contracts");
  await expect(viewer.page.getByText("Upload a document", { exact: true })).toHaveCount(0);
  await viewer.context.close();
});

test("two versions of a document are compared word by word", async ({ page, simulator }) => {
  test.setTimeout(60_000);
  await connectWithWebhook(page, simulator);
  await page.goto(await twoDrafts(page, simulator, "Two drafts"));
  await page.getByRole("link", { name: "Compare with 1" }).click();
  await expect(page.getByRole("heading", { name: "Compare versions", level: 1 })).toBeVisible();
  const changes = page.getByRole("region", { name: "Text with its changes" });
  await expect(changes.locator("ins")).toHaveText("three");
  await expect(changes.locator("del")).toHaveText("two");
  await page.getByLabel("From", { exact: true }).selectOption("2");
  await page.getByRole("button", { name: "Compare" }).click();
  await expect(page.getByText("Nothing changed")).toBeVisible();
});
