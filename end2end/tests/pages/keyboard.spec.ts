// All functions can be used with the keyboard alone.

import { expect, type Locator, type Page } from "@playwright/test";
import { signedIn as test } from "../../support/test.ts";

/** The maximum number of tab stops before the target. */
const MAX_STOPS = 80;

/** Presses Tab until the target has the focus and the focus is visible. */
async function tabTo(page: Page, target: Locator): Promise<void> {
  await expect(target).toBeVisible();
  for (let stop = 0; stop < MAX_STOPS; stop += 1) {
    await page.keyboard.press("Tab");
    if (await target.evaluate((element) => element === document.activeElement)) {
      expect(await target.evaluate((element) => element.matches(":focus-visible"))).toBe(true);
      await expect(target).toBeInViewport();
      return;
    }
  }
  throw new Error(`${target} was not reached with ${MAX_STOPS} tab stops`);
}

async function press(page: Page, target: Locator): Promise<void> {
  await tabTo(page, target);
  await page.keyboard.press("Enter");
}

test("the first tab stop skips to the content", async ({ page }) => {
  await page.goto("/contracts");
  await page.keyboard.press("Tab");
  const skip = page.getByRole("link", { name: "Skip to content" });
  await expect(skip).toBeFocused();
  await expect(skip).toBeInViewport();
  await page.keyboard.press("Enter");
  await expect(page).toHaveURL(/#main$/);
  await page.keyboard.press("Tab");
  expect(await page.evaluate(() => document.activeElement?.closest("main")?.id)).toBe("main");
});

test("sign-in, connecting, creating a secret and disconnecting work with the keyboard", async ({ page, organization, isLive }) => {
  test.setTimeout(60_000);
  await page.context().clearCookies();
  await page.goto("/login");
  await tabTo(page, page.getByLabel("Email"));
  await page.keyboard.type(organization.email);
  await tabTo(page, page.getByLabel("Password"));
  await page.keyboard.type(organization.password);
  await page.keyboard.press("Enter");
  await press(page, page.getByRole("button", { name: "Connect Salesforce" }));
  await press(page, page.getByRole("button", { name: "Allow" }));
  const card = page.getByRole("article", { name: "Salesforce" });
  await press(page, card.getByRole("link", { name: /Details/ }));
  await press(page, page.getByRole("button", { name: "Create webhook secret" }));
  await expect(page.getByLabel("Webhook secret", { exact: true })).toBeVisible();
  await press(page, page.getByRole("button", { name: "Disconnect" }));
  const question = isLive ? page.getByRole("dialog", { name: "Disconnect Salesforce?" }) : page.getByRole("main");
  await press(page, question.getByRole("button", { name: "Disconnect" }));
  await expect(page.locator("#disconnect-receipt")).toBeVisible();
  await expect(card.getByText("Not connected", { exact: true })).toBeVisible();
});
