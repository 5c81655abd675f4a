import { randomUUID } from "node:crypto";
import { joinAs, signIn } from "../../support/people.ts";
import { expect, signedIn as test } from "../../support/test.ts";

test("a user is invited, joins, gets another role, and is removed", async ({ page, browser }) => {
  const email = `grace.${randomUUID()}@example.com`;
  await page.goto("/team");
  await page.getByLabel("Name", { exact: true }).fill("Grace Hopper");
  await page.getByLabel("Email").fill(email);
  await page.getByLabel("Role", { exact: true }).selectOption("member");
  await page.getByRole("button", { name: "Invite", exact: true }).click();
  const address = (await page.getByLabel("Invitation link").textContent())?.trim() ?? "";
  expect(address).toContain("/invitations/lci_");
  await page.reload();
  await expect(page.getByText(address)).toHaveCount(0);

  const row = page.getByRole("row").filter({ hasText: "Grace Hopper" });
  await expect(row).toContainText("Invited");
  await row.getByRole("button", { name: "New invitation" }).click();
  const newer = (await page.getByLabel("Invitation link").textContent())?.trim() ?? "";
  expect(newer).not.toBe(address);

  const context = await browser.newContext();
  const grace = await context.newPage();
  await grace.goto(address);
  await expect(grace.getByRole("alert")).toContainText("Ask an admin for a new one");
  await grace.goto(newer);
  await grace.getByLabel("Password").fill("grace's own password");
  await grace.getByRole("button", { name: "Set password and sign in" }).click();
  await expect(grace.getByRole("heading", { name: "Integrations", level: 1 })).toBeVisible();
  await expect(grace.getByRole("link", { name: "Team" })).toHaveCount(0);

  await page.goto("/team");
  await expect(row).toContainText("Active");
  await row.getByLabel("Role of Grace Hopper").selectOption("viewer");
  await row.getByRole("button", { name: "Save" }).click();
  await expect(page.getByRole("status").filter({ hasText: "saved" })).toBeVisible();
  await grace.goto("/contracts");
  await expect(grace).toHaveURL(/\/login/);

  await row.getByText("Remove", { exact: true }).click();
  await row.getByRole("button", { name: "Remove user" }).click();
  await expect(page.getByRole("status").filter({ hasText: "removed" })).toBeVisible();
  await expect(row).toHaveCount(0);
  await context.close();
});

test("the role of the last admin cannot be changed", async ({ page }) => {
  await page.goto("/team");
  await page.getByLabel("Role of Ada Lovelace").selectOption("viewer");
  await page.getByRole("button", { name: "Save" }).click();
  await expect(page.getByRole("alert")).toContainText("Make another user an admin first");
});

test("a disabled user is signed out and cannot sign in until enabled", async ({ page, browser }) => {
  const grace = await joinAs("member", "Grace Hopper", page, browser);
  await page.goto("/team");
  const row = page.getByRole("row").filter({ hasText: "Grace Hopper" });
  await row.getByText("Disable", { exact: true }).click();
  await row.getByRole("button", { name: "Disable account" }).click();
  await expect(row).toContainText("Disabled");
  await grace.page.goto("/contracts");
  await expect(grace.page).toHaveURL(/\/login/);
  await signIn(grace.page, grace.email, grace.password);
  await expect(grace.page.getByRole("alert")).toBeVisible();
  await row.getByRole("button", { name: "Enable" }).click();
  await expect(row).toContainText("Active");
  await signIn(grace.page, grace.email, grace.password);
  await expect(grace.page.getByRole("link", { name: "Contracts", exact: true })).toBeVisible();
  await grace.context.close();
});
