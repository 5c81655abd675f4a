// A document that cannot be read: why, and once more.

import { uploadUnreadable } from "../support/contracts.ts";
import { expect, signedIn as test } from "../support/test.ts";

test("what cannot be analysed says why, and is tried again when a person asks for it", async ({ page }) => {
  const id = await uploadUnreadable(page, "Scanned lease");
  await page.goto(`/contracts/${id}`);
  await expect(page.getByText("The document could not be analysed")).toBeVisible();
  await expect(page.locator("#analysis")).toContainText("damaged");
  const attempts = page.locator("#timeline").getByText(/to analyse version 1/);
  await expect(attempts).toHaveCount(1);
  await page.getByRole("button", { name: "Analyse again" }).click();
  await expect(page.getByRole("status").first()).toContainText("analysed again");
  await expect(async () => {
    await page.reload();
    await expect(attempts).toHaveCount(2, { timeout: 1_000 });
  }).toPass({ timeout: 20_000 });
});
