// Failed analyses: the page shows the reason, and the user can retry.

import { uploadUnreadable } from "../../support/contracts.ts";
import { expect, signedIn as test } from "../../support/test.ts";

test("a failed analysis shows the reason and can be retried", async ({ page }) => {
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
