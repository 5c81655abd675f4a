// Automated accessibility checks for WCAG 2.2, levels A and AA.

import AxeBuilder from "@axe-core/playwright";
import { expect, type Page } from "@playwright/test";

const RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"];

/** Checks the page in the light and in the dark appearance. */
export async function expectAccessibleInLightAndDark(page: Page): Promise<void> {
  for (const colorScheme of ["light", "dark"] as const) {
    // Motion is reduced, because colours have a different contrast during a transition.
    await page.emulateMedia({ colorScheme, reducedMotion: "reduce" });
    // A transition to this page can still be running, because it started before motion was reduced.
    await expect.poll(() => page.evaluate(() => document.getAnimations().length), "no animation with reduced motion").toBe(0);
    await expectAccessible(page);
  }
}

/** Requires JavaScript in the page. Tests of the project `no-js` must not call it. */
export async function expectAccessible(page: Page): Promise<void> {
  // Legacy mode works without a second tab. The other mode opens one, which is needed only for cross-origin frames.
  const { violations } = await new AxeBuilder({ page }).withTags(RULES).setLegacyMode().analyze();
  const found = violations.map(({ id, help, nodes }) => `${id}: ${help} (${nodes.map((node) => node.target).join(", ")})`);
  expect(found, "no violated accessibility rule").toEqual([]);
}
