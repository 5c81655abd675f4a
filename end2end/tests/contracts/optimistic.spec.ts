// The page shows a chosen status before the server has saved it.

import { upload } from "../../support/contracts.ts";
import { hold } from "../../support/gate.ts";
import { expect, signedIn as test } from "../../support/test.ts";

test.skip(({ isLive }) => !isLive, "without JavaScript the browser shows a pending request");
// Reduced motion switches page transitions off. Delaying requests disables the cache, so the style sheet can arrive late.
// Chromium would log an error if this happened during a transition.
test.use({ contextOptions: { reducedMotion: "reduce" } });

test("a chosen status is shown while it is being saved", async ({ page }) => {
  const id = await upload(page, "Initech rollout");
  await page.goto(`/contracts/${id}`);
  const release = await hold(page, "**/actions/change_status");
  // Playwright cannot read a page during navigation. Therefore the page records its own content in the session storage.
  await page.evaluate(() => {
    addEventListener("submit", ({ submitter }) => {
      setTimeout(() => sessionStorage.setItem("shown", `${document.getElementById("status-shown")?.textContent}, ${submitter?.textContent}`));
    });
  });
  await page.getByLabel("Negotiation status").selectOption("approved");
  const sent = page.waitForRequest("**/actions/change_status");
  await page.getByRole("button", { name: "Save" }).click({ noWaitAfter: true });
  await sent;
  release();
  await expect(page.getByRole("status").filter({ hasText: "The negotiation status has been saved." })).toBeVisible();
  await expect(page.locator("#status-shown")).toHaveText("Approved");
  expect(await page.evaluate(() => sessionStorage.getItem("shown"))).toBe("Approved …, Saving …");
});
