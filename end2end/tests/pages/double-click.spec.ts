// A form that is submitted twice takes effect only once, even if scripts are disabled.

import type { Locator, Page } from "@playwright/test";
import { connectSalesforce, openConnection } from "../../support/connection.ts";
import { expect, signedIn as test } from "../../support/test.ts";

test.skip(({ isLive }) => isLive, "with JavaScript the second click is ignored");

// The second response aborts the page transition to the first response. Chromium logs this as an error.
test.afterEach(({ consoleErrors }) => {
  const others = consoleErrors.filter((text) => !text.includes("Transition was aborted"));
  consoleErrors.splice(0, consoleErrors.length, ...others);
});

/** Clicks twice: the second time after the server has processed the first request, but before the browser gets a response. */
async function clickTwice(page: Page, button: Locator): Promise<void> {
  let posts = 0;
  await page.route("**/actions/*", async (route) => {
    const response = await route.fetch({ maxRedirects: 0 });
    posts += 1;
    // Only the second request gets its response, because the browser would discard the response to the first request.
    if (posts > 1) await route.fulfill({ response });
  });
  await button.scrollIntoViewIfNeeded();
  const box = await button.boundingBox();
  if (!box) throw new Error("the button is not on the screen");
  // `button.click` would wait for the pending navigation, but `mouse.click` does not.
  for (const sent of [1, 2]) {
    await page.mouse.click(box.x + box.width / 2, box.y + box.height / 2);
    await expect.poll(() => posts).toBe(sent);
  }
}

async function counted(page: Page, path: string): Promise<number> {
  return ((await (await page.request.get(path)).json()) as { items: unknown[] }).items.length;
}

test("a repeated submission creates one token and shows it", async ({ page }) => {
  await page.goto("/settings/tokens");
  await page.getByLabel("Name").fill("Nightly export");
  await clickTwice(page, page.getByRole("button", { name: "Create token" }));
  const shown = page.getByLabel("New API token", { exact: true });
  await expect(shown).toContainText("lct_");
  expect(await counted(page, "/api/v1/tokens")).toBe(1);
  const token = (await shown.textContent())?.trim() ?? "";
  const me = await page.request.get("/api/v1/auth/me", { headers: { authorization: `Bearer ${token}` } });
  expect(me.status(), "the token that is shown works").toBe(200);
});

test("a repeated submission invites a user once", async ({ page }) => {
  await page.goto("/team");
  await page.getByLabel("Name").fill("Grace Hopper");
  await page.getByLabel("Email").fill(`grace-${Date.now()}@example.com`);
  await clickTwice(page, page.getByRole("button", { name: "Invite", exact: true }));
  await expect(page.getByLabel("Invitation link", { exact: true })).toContainText("/invitations/");
  await expect(page.getByRole("alert")).toHaveCount(0);
  expect(await counted(page, "/api/v1/users")).toBe(2);
});

test("a repeated disconnect succeeds", async ({ page }) => {
  await connectSalesforce(page);
  const address = await openConnection(page);
  await page.goto(`${address}/disconnect`);
  await clickTwice(page, page.getByRole("button", { name: "Disconnect", exact: true }));
  await expect(page.getByRole("article", { name: "Salesforce" }).getByRole("button", { name: "Connect Salesforce" })).toBeVisible();
  await expect(page.getByRole("alert")).toHaveCount(0);
});
