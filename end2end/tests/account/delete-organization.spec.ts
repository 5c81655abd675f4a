// An admin deletes the organization.

import { upload } from "../../support/contracts.ts";
import { expect, test } from "../../support/test.ts";

test("the organization is deleted after its name is typed", async ({ page, organization }) => {
  await upload(page, "Globex supply", ["Draft"]);
  await page.goto("/settings");
  await page.getByRole("link", { name: "Delete the organization …" }).click();
  for (const words of ["What is erased", "What stays"]) {
    await expect(page.getByRole("heading", { name: words })).toBeVisible();
  }
  const name = page.getByLabel("Name of the organization");
  await name.fill("Another name");
  await page.getByRole("button", { name: "Delete the organization" }).click();
  await expect(page.getByRole("alert")).toContainText("nothing was deleted");
  await name.fill(organization.name);
  await page.getByRole("button", { name: "Delete the organization" }).click();
  await expect(page.getByRole("status").filter({ hasText: "The organization has been deleted" })).toBeVisible();
  await page.goto("/contracts");
  await expect(page).toHaveURL(/\/login/);
});
