// What a person chose is seen before the server has answered.

import { upload } from "../support/contracts.ts";
import { hold } from "../support/gate.ts";
import { expect, signedIn as test } from "../support/test.ts";

test.skip(({ isLive }) => !isLive, "without JavaScript the browser shows that it waits");
// Held requests bypass the cache, and Chromium reports a transition between pages whose style sheet comes late as an error.
test.use({ contextOptions: { reducedMotion: "reduce" } });

test("a chosen status is shown while it is being saved", async ({ page }) => {
  const id = await upload(page, "Initech rollout");
  await page.goto(`/contracts/${id}`);
  const release = await hold(page, "**/actions/change_status");
  // Playwright sees nothing of a page that is being left, so the page itself notes what it shows.
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
  await expect(page.getByRole("status").filter({ hasText: "The negotiation status is saved." })).toBeVisible();
  await expect(page.locator("#status-shown")).toHaveText("Approved");
  expect(await page.evaluate(() => sessionStorage.getItem("shown"))).toBe("Approved …, Saving …");
});
