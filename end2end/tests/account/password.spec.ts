import { signIn } from "../../support/people.ts";
import { expect, test } from "../../support/test.ts";

const NEW = "an entirely new password";

test("a new password needs the current one and signs out everywhere else", async ({ page, browser, organization }) => {
  const context = await browser.newContext({ baseURL: process.env.LEXICONTRACT_URL });
  const elsewhere = await context.newPage();
  await elsewhere.goto("/login");
  await signIn(elsewhere, organization.email, organization.password);
  await expect(elsewhere.getByRole("heading", { name: "Integrations", level: 1 })).toBeVisible();

  await page.goto("/account");
  await expect(page.locator("#sessions").getByRole("row")).toHaveCount(3);
  await expect(page.locator("#sessions")).toContainText(/(Chrome|Firefox) on/);
  const change = async (current: string, repeated = NEW) => {
    await page.getByLabel("Current password").fill(current);
    await page.getByLabel("New password", { exact: true }).fill(NEW);
    await page.getByLabel("New password again").fill(repeated);
    await page.getByRole("button", { name: "Change password" }).click();
  };
  await change("not the password");
  await expect(page.getByRole("alert")).toContainText("The current password is wrong");
  await change(organization.password, "another new password");
  await expect(page.getByRole("alert")).toContainText("do not match");
  await change(organization.password);
  await expect(page.getByRole("status").filter({ hasText: "Your password has been changed" })).toBeVisible();
  await elsewhere.goto("/contracts");
  await expect(elsewhere).toHaveURL(/\/login/);
  await context.close();

  await page.getByRole("button", { name: "Sign out everywhere" }).click();
  await expect(page).toHaveURL(/\/login/);
  await signIn(page, organization.email, NEW);
  await expect(page.getByRole("heading", { name: "Integrations", level: 1 })).toBeVisible();
});
