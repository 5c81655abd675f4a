// Everything with the keyboard alone: Tab until it has the focus, and Enter.

import { expect, type Locator, type Page } from "@playwright/test";
import { signedIn as test } from "../support/test.ts";

/** No way on a page is longer. */
const MOST_STOPS = 80;

/** Goes forward until this has the focus, which then can be seen. */
async function tabTo(page: Page, target: Locator): Promise<void> {
  await expect(target).toBeVisible();
  for (let stop = 0; stop < MOST_STOPS; stop += 1) {
    await page.keyboard.press("Tab");
    if (await target.evaluate((element) => element === document.activeElement)) {
      expect(await target.evaluate((element) => element.matches(":focus-visible"))).toBe(true);
      await expect(target).toBeInViewport();
      return;
    }
  }
  throw new Error(`${target} was not reached with ${MOST_STOPS} times Tab`);
}

async function press(page: Page, target: Locator): Promise<void> {
  await tabTo(page, target);
  await page.keyboard.press("Enter");
}

test("the first stop skips to the content", async ({ page }) => {
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

test("sign in, connect, make a secret, disconnect", async ({ page, organization, isLive }) => {
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
  await press(page, page.getByRole("button", { name: "Make webhook secret" }));
  await expect(page.getByLabel("Webhook secret", { exact: true })).toBeVisible();
  await press(page, page.getByRole("button", { name: "Disconnect" }));
  const question = isLive ? page.getByRole("dialog", { name: "Disconnect Salesforce?" }) : page.getByRole("main");
  await press(page, question.getByRole("button", { name: "Disconnect" }));
  await expect(page.locator("#disconnect-receipt")).toBeVisible();
  await expect(card.getByText("Not connected", { exact: true })).toBeVisible();
});
