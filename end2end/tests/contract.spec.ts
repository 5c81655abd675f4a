// One contract, two people; one document, two versions.

import { expectAccessible } from "../support/accessibility.ts";
import { upload } from "../support/contracts.ts";
import { pdf } from "../support/pdf.ts";
import { joinAs } from "../support/people.ts";
import { expect, test } from "../support/test.ts";

test("the second of two people is told what the first one changed, and overwrites nothing", async ({ page, browser, organization }) => {
  expect(organization.name).toBeTruthy();
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
  await expect(grace.page.getByText("It is Approved now. You had chosen Rejected, which is not saved.")).toBeVisible();
  await expect(grace.page.getByLabel("Negotiation status")).toHaveValue("rejected");
  await expect(grace.page.locator("#status-shown")).toHaveText("Approved");
  await grace.page.getByRole("button", { name: "Save" }).click();
  await expect(grace.page.locator("#status-shown")).toHaveText("Rejected");
  await grace.context.close();
});

test("a viewer reads and is offered nothing to change", async ({ page, browser, organization }) => {
  expect(organization.name).toBeTruthy();
  const id = await upload(page, "Read only");
  const viewer = await joinAs("viewer", "Vera Rubin", page, browser);
  await viewer.page.goto(`/contracts/${id}`);
  await expect(viewer.page.getByRole("heading", { name: "Read only", level: 1 })).toBeVisible();
  await expect(viewer.page.getByRole("button", { name: "Save" })).toHaveCount(0);
  await viewer.page.goto("/contracts");
  await expect(viewer.page.getByText("Upload a document", { exact: true })).toHaveCount(0);
  await viewer.context.close();
});

test("two versions of a document are compared word by word", async ({ page, organization, simulator, javaScriptEnabled }) => {
  test.setTimeout(60_000);
  await simulator.reset();
  expect(organization.name).toBeTruthy();
  await page.goto("/integrations");
  await page.getByRole("button", { name: "Connect Salesforce" }).click();
  await page.getByRole("button", { name: "Allow" }).click();
  await page.getByRole("article", { name: "Salesforce" }).getByRole("link", { name: /Details/ }).click();
  await page.getByRole("button", { name: "Make webhook secret" }).click();
  const secret = (await page.getByLabel("Webhook secret", { exact: true }).textContent())?.trim() ?? "";
  const address = (await page.getByLabel("Webhook address", { exact: true }).textContent())?.trim() ?? "";
  await simulator.setWebhook(address, secret);
  const opportunity = await simulator.createOpportunity({ name: "Two drafts", account_name: "Globex", stage: "Prospecting" });

  const draft = (years: string) => pdf(["Agreement", "", "1. Term", `The term is ${years} years.`, "", "2. Fees", "Net 30 days."]);
  const versions = async () => {
    const list = (await (await page.request.get("/api/v1/contracts/?q=Two%20drafts")).json()) as { items: { id: string }[] };
    const id = list.items[0]?.id;
    if (!id) return "none";
    const contract = (await (await page.request.get(`/api/v1/contracts/${id}`)).json()) as {
      versions: { analysis: { status: string } }[];
    };
    return contract.versions.map((version) => version.analysis.status).join(" ");
  };
  for (const [years, wanted] of [["two", "completed"], ["three", "completed completed"]] as const) {
    await simulator.setStage(opportunity, "Prospecting");
    await simulator.addFile(opportunity, { file_name: `Draft ${years}.pdf`, content_base64: draft(years).toString("base64") });
    await simulator.setStage(opportunity, "Needs Legal Review");
    await expect.poll(versions, { timeout: 20_000 }).toBe(wanted);
  }

  await page.goto("/contracts");
  await page.getByRole("link", { name: "Two drafts" }).click();
  await page.getByRole("link", { name: "Compare with 1" }).click();
  await expect(page.getByRole("heading", { name: "Compare versions", level: 1 })).toBeVisible();
  const changes = page.getByRole("region", { name: "Text with its changes" });
  await expect(changes.locator("ins")).toHaveText("three");
  await expect(changes.locator("del")).toHaveText("two");
  if (javaScriptEnabled !== false) await expectAccessible(page);
  await page.getByLabel("From", { exact: true }).selectOption("2");
  await page.getByRole("button", { name: "Compare" }).click();
  await expect(page.getByText("Nothing changed")).toBeVisible();
});
