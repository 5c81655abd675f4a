// A double click has one effect, also where no script stops the second one.

import type { Page } from "@playwright/test";
import { connectSalesforce, openConnection } from "../support/connection.ts";
import { AGREEMENT } from "../support/contracts.ts";
import { pdf } from "../support/pdf.ts";
import { expect, signedIn as test } from "../support/test.ts";

async function counted(page: Page, path: string): Promise<number> {
  return ((await (await page.request.get(path)).json()) as { items: unknown[] }).items.length;
}

test("a token that is asked for twice is made once and shown", async ({ page }) => {
  await page.goto("/settings/tokens");
  await page.getByLabel("Name").fill("Nightly export");
  await page.getByRole("button", { name: "Create token" }).dblclick();
  await expect(page.getByLabel("New API token", { exact: true })).toContainText("lct_");
  expect(await counted(page, "/api/v1/tokens")).toBe(1);
  const token = (await page.getByLabel("New API token", { exact: true }).textContent())?.trim() ?? "";
  const me = await page.request.get("/api/v1/auth/me", { headers: { authorization: `Bearer ${token}` } });
  expect(me.status(), "the one that is shown is the one that works").toBe(200);
});

test("a person who is invited twice is invited once", async ({ page }) => {
  await page.goto("/team");
  await page.getByLabel("Name").fill("Grace Hopper");
  await page.getByLabel("Email").fill(`grace-${Date.now()}@example.com`);
  await page.getByRole("button", { name: "Invite", exact: true }).dblclick();
  await expect(page.getByLabel("Invitation address", { exact: true })).toContainText("/invitations/");
  await expect(page.getByRole("alert")).toHaveCount(0);
  expect(await counted(page, "/api/v1/users")).toBe(2);
});

test("a document that is sent twice becomes one contract", async ({ page }) => {
  await page.goto("/contracts");
  await page.getByText("Upload a document", { exact: true }).click();
  await page.getByLabel("Title").fill("Supply agreement");
  await page.getByLabel("File").setInputFiles({ name: "Supply.pdf", mimeType: "application/pdf", buffer: pdf(AGREEMENT) });
  await page.getByRole("button", { name: "Upload" }).dblclick();
  await expect(page.getByRole("heading", { name: "Supply agreement", level: 1 })).toBeVisible();
  expect(await counted(page, "/api/v1/contracts/")).toBe(1);
});

test("a connection that is ended twice is gone, and nothing went wrong", async ({ page }) => {
  await connectSalesforce(page);
  const address = await openConnection(page);
  await page.goto(`${address}/disconnect`);
  await page.getByRole("button", { name: "Disconnect", exact: true }).dblclick();
  await expect(page.getByRole("article", { name: "Salesforce" }).getByRole("button", { name: "Connect Salesforce" })).toBeVisible();
  await expect(page.getByRole("alert")).toHaveCount(0);
});
