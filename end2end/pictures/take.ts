// Takes screenshots of a page in several sizes and color schemes. Two screenshots of each page are committed to the repository.

import { join } from "node:path";
import { expect, type Page } from "@playwright/test";

const LOOKS = [
  { name: "wide", width: 1440, height: 900, colorScheme: "light", isCommitted: true },
  { name: "wide-dark", width: 1440, height: 900, colorScheme: "dark", isCommitted: false },
  { name: "tablet", width: 768, height: 1024, colorScheme: "light", isCommitted: false },
  { name: "phone", width: 360, height: 740, colorScheme: "light", isCommitted: false },
  { name: "phone-dark", width: 360, height: 740, colorScheme: "dark", isCommitted: true },
] as const;

const FOLDER = join(import.meta.dirname, "..");

/** Takes screenshots of the whole page. */
export async function takePage(page: Page, name: string): Promise<void> {
  await take(page, name, "page");
}

/** Takes screenshots of the visible part of the page. */
export async function takeScreen(page: Page, name: string): Promise<void> {
  await take(page, name, "screen");
}

export async function takePageAt(page: Page, address: string, name: string): Promise<void> {
  await open(page, address);
  await takePage(page, name);
}

export async function takeScreenAt(page: Page, address: string, name: string): Promise<void> {
  await open(page, address);
  await takeScreen(page, name);
}

async function open(page: Page, address: string): Promise<void> {
  await page.goto(address);
  await page.waitForLoadState("networkidle");
}

async function take(page: Page, name: string, extent: "page" | "screen"): Promise<void> {
  // Waits until a script has inserted the text of each toast, shortly after the page has loaded.
  for (const message of await page.locator("[data-toast] [role=status]").all()) await expect(message).not.toBeEmpty();
  for (const { name: look, width, height, colorScheme, isCommitted } of LOOKS) {
    await page.setViewportSize({ width, height });
    await page.emulateMedia({ colorScheme, reducedMotion: "reduce" });
    const folder = isCommitted ? "screenshots" : join("test-results", "screenshots");
    await page.screenshot({ path: join(FOLDER, folder, `${name}-${look}.png`), fullPage: extent === "page", caret: "hide" });
    const overflow = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
    expect.soft(overflow, `${name} at ${width} px is not wider than the screen`).toBeLessThanOrEqual(0);
  }
}

/** Takes the screenshot for the README. */
export async function takeForReadme(page: Page, name: string): Promise<void> {
  await page.setViewportSize({ width: 1280, height: 900 });
  await page.emulateMedia({ colorScheme: "light", reducedMotion: "reduce" });
  await page.screenshot({ path: join(FOLDER, "screenshots", `${name}.png`), caret: "hide" });
}
