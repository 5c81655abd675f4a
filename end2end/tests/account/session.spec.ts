// Forms that are submitted after the session has ended, double clicks, and keyboard focus.

import { randomUUID } from "node:crypto";
import { signIn } from "../../support/people.ts";
import { expect, signedIn as test } from "../../support/test.ts";

test("a form submitted after the session has ended is sent after the sign-in", async ({ page, organization }) => {
  const email = `grace.${randomUUID()}@example.com`;
  await page.goto("/team");
  await page.getByLabel("Name", { exact: true }).fill("Grace “Amazing” Hopper & Co");
  await page.getByLabel("Email").fill(email);
  await page.context().clearCookies({ name: /session/ });
  await page.getByRole("button", { name: "Invite", exact: true }).click();

  await expect(page).toHaveURL(/\/login/);
  await expect(page.getByRole("status")).toContainText("The form is saved");
  expect(page.url()).not.toContain("Grace");
  await signIn(page, organization.email, "wrong at first");
  await expect(page.getByRole("alert")).toContainText("password is wrong");
  await signIn(page, organization.email, organization.password);

  await expect(page.getByRole("heading", { name: "Not sent yet" })).toBeVisible();
  await expect(page.getByText("Grace “Amazing” Hopper & Co")).toBeVisible();
  await page.getByRole("button", { name: "Send now" }).click();
  await expect(page.getByLabel("Invitation link")).toBeVisible();
  await expect(page.getByRole("row").filter({ hasText: email })).toContainText("Grace “Amazing” Hopper & Co");
});

test("a password is never saved", async ({ page, organization }) => {
  await page.goto("/account");
  await page.getByLabel("Current password").fill(organization.password);
  await page.getByLabel("New password", { exact: true }).fill("a secret password");
  await page.getByLabel("New password again").fill("a secret password");
  await page.context().clearCookies({ name: /session/ });
  await page.getByRole("button", { name: "Change password" }).click();
  await expect(page).toHaveURL(/\/login\?next=%2Faccount&problem=not_signed_in/);
  await expect(page.getByRole("alert")).toContainText("enter secrets");
  const kept = await page.context().cookies();
  expect(kept.map((cookie) => cookie.value).join(" ")).not.toContain("secret");
});

test("a double click submits once", async ({ page, isLive }) => {
  test.skip(!isLive, "without JavaScript the browser sends both requests");
  await page.goto("/settings/tokens");
  await page.getByLabel("Name").fill("Twice");
  await page.getByRole("button", { name: "Create token" }).dblclick();
  await expect(page.getByLabel("New API token", { exact: true })).toBeVisible();
  await expect(page.getByRole("row").filter({ hasText: "Twice" })).toHaveCount(1);
});

test("the focus is restored after a form", async ({ page, isLive }) => {
  test.skip(!isLive, "without JavaScript browsers start at the top of the page");
  await page.goto("/settings/tokens");
  await page.getByLabel("Name").fill("Focus");
  await page.getByRole("button", { name: "Create token" }).press("Enter");
  await expect(page.getByLabel("New API token", { exact: true })).toBeVisible();
  await expect.poll(() => page.evaluate(() => document.activeElement?.closest("[id]")?.id)).toBe("create");
  await page.getByRole("link", { name: "Dismiss the message" }).press("Enter");
  await expect(page.getByRole("status")).toHaveCount(0);
});
