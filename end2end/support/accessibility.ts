// Automated accessibility checks for WCAG 2.2, levels A and AA.

import AxeBuilder from "@axe-core/playwright";
import { expect, type Page } from "@playwright/test";

const RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"];

/** Checks the page in the light and in the dark color scheme. */
export async function expectAccessibleInLightAndDark(page: Page): Promise<void> {
  for (const colorScheme of ["light", "dark"] as const) {
    // Reduced motion switches transitions off. During a transition, colors would have a different contrast.
    await page.emulateMedia({ colorScheme, reducedMotion: "reduce" });
    // A transition to this page can still be running, because it started before motion was reduced.
    await expect.poll(() => page.evaluate(() => document.getAnimations().length), "no animation with reduced motion").toBe(0);
    await expectAccessible(page);
  }
}

/** Checks the page. This function requires JavaScript in the page, so tests in the project `no-js` must not call it. */
export async function expectAccessible(page: Page): Promise<void> {
  // The default mode of axe opens a second tab to check cross-origin frames. Legacy mode does not need the tab.
  const { violations } = await new AxeBuilder({ page }).withTags(RULES).setLegacyMode().analyze();
  const found = violations.map(({ id, help, nodes }) => `${id}: ${help} (${nodes.map((node) => node.target).join(", ")})`);
  expect(found, "no violated accessibility rule").toEqual([]);
}
