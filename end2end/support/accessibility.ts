// What a machine can tell about accessibility: no page may break a rule of WCAG 2.2 A or AA.

import AxeBuilder from "@axe-core/playwright";
import { expect, type Page } from "@playwright/test";

const RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"];

/** The same in both appearances. */
export async function expectAccessibleInLightAndDark(page: Page): Promise<void> {
  for (const colorScheme of ["light", "dark"] as const) {
    // Without motion: a colour on its way to the other appearance has a contrast of its own.
    await page.emulateMedia({ colorScheme, reducedMotion: "reduce" });
    // The transition to this page may still be on its way: it began before anybody asked for that.
    await expect.poll(() => page.evaluate(() => document.getAnimations().length), "nothing moves for who asked for that").toBe(0);
    await expectAccessible(page);
  }
}

/** Needs JavaScript in the page: not for the project `no-js`. */
export async function expectAccessible(page: Page): Promise<void> {
  // The legacy mode does without a second tab, which only pages with frames from elsewhere need.
  const { violations } = await new AxeBuilder({ page }).withTags(RULES).setLegacyMode().analyze();
  const found = violations.map(({ id, help, nodes }) => `${id}: ${help} (${nodes.map((node) => node.target).join(", ")})`);
  expect(found, "no violated accessibility rule").toEqual([]);
}
