import { signIn } from "../../support/people.ts";
import { expect, test } from "../../support/test.ts";

const ground = "getComputedStyle(document.body).backgroundColor";

test("the appearance is chosen on the sign-in page and kept", async ({ page, organization, isLive }) => {
  await page.context().clearCookies();
  await page.emulateMedia({ colorScheme: "light" });
  await page.goto("/login?next=%2Fcontracts");
  await page.getByRole("button", { name: "Dark" }).click();
  await expect(page).toHaveURL(/\/login\?next=%2Fcontracts$/);
  await expect(page.locator("html")).toHaveAttribute("data-theme", "dark");
  if (isLive) expect(await page.evaluate(ground)).toBe("rgb(17, 19, 23)");
  await signIn(page, organization.email, organization.password);
  await expect(page.getByRole("heading", { name: "Contracts", level: 1 })).toBeVisible();
  await expect(page.locator("html")).toHaveAttribute("data-theme", "dark");
  await page.locator("summary").filter({ hasText: organization.name }).click();
  await expect(page.getByRole("button", { name: "Dark" })).toHaveAttribute("aria-pressed", "true");
  await page.getByRole("button", { name: "System" }).click();
  await expect(page).toHaveURL(/\/contracts$/);
  await expect(page.locator("html")).not.toHaveAttribute("data-theme");
});
