// Automatic updates of a page do not move visible content.

import type { Page } from "@playwright/test";
import { connectWithWebhook, opportunityWith } from "../../support/connection.ts";
import { analysed, upload } from "../../support/contracts.ts";
import { expect, signedIn as test } from "../../support/test.ts";

test.skip(({ isLive }) => !isLive, "without JavaScript pages are static");

declare global {
  interface Window {
    shifts: string[];
  }
}

/** Records all layout shifts: the elements that moved, and how far they moved. */
async function watchShifts(page: Page): Promise<void> {
  await page.evaluate(() => {
    window.shifts = [];
    const place = ({ y, height }: DOMRectReadOnly) => `${Math.round(y)}+${Math.round(height)}`;
    const name = (node: Node | null) => {
      const element = node instanceof Element ? node : (node?.parentElement ?? null);
      return `${element?.closest("[id]")?.id}: ${element?.tagName.toLowerCase()} “${node?.textContent?.trim().slice(0, 30)}”`;
    };
    new PerformanceObserver((list) => {
      for (const entry of list.getEntries() as (PerformanceEntry & {
        value: number;
        hadRecentInput: boolean;
        sources: { node: Node | null; previousRect: DOMRectReadOnly; currentRect: DOMRectReadOnly }[];
      })[]) {
        if (entry.hadRecentInput) continue;
        const moved = entry.sources.map(({ node, previousRect, currentRect }) => `${name(node)} ${place(previousRect)} → ${place(currentRect)}`);
        window.shifts.push(`${entry.value.toFixed(4)}: ${moved.join("; ")}`);
      }
    }).observe({ type: "layout-shift" });
  });
}

test("the board does not shift when an event arrives", async ({ page, simulator }) => {
  await connectWithWebhook(page, simulator);
  const opportunity = await opportunityWith(simulator, "Globex renewal", ["Globex.pdf"]);
  await page.goto("/integrations", { waitUntil: "networkidle" });
  await watchShifts(page);
  await simulator.setStage(opportunity, "Needs Legal Review");
  await expect(page.getByRole("article", { name: "Salesforce" })).toContainText("Last event receivedjust now");
  expect(await page.evaluate(() => window.shifts)).toEqual([]);
});

test("a contract does not shift when another user changes its status", async ({ page }) => {
  const id = await upload(page, "Supply agreement");
  await analysed(page, id);
  await page.goto(`/contracts/${id}`, { waitUntil: "networkidle" });
  await watchShifts(page);
  const written = await page.request.put(`/api/v1/contracts/${id}/status`, { data: { negotiation_status: "approved" }, headers: { origin: new URL(page.url()).origin } });
  expect(written.ok()).toBe(true);
  await expect(page.locator("#status-shown")).toHaveText("Approved");
  expect(await page.evaluate(() => window.shifts)).toEqual([]);
});

test("the setup of a connection does not shift during an import", async ({ page, simulator }) => {
  const connection = await connectWithWebhook(page, simulator);
  const opportunity = await opportunityWith(simulator, "Globex renewal", ["Globex.pdf"]);
  // The delay makes the import last long enough for the page to show it.
  await simulator.addFault({ path_contains: "/VersionData", times: 1, delay_ms: 5_000 });
  await page.goto(connection, { waitUntil: "networkidle" });
  await page.locator("#setup").evaluate((setup) => setup.scrollIntoView());
  await watchShifts(page);
  await simulator.setStage(opportunity, "Needs Legal Review");
  await expect(page.getByText("1 Opportunity is being imported")).toBeAttached();
  await expect(page.getByText("First contract created")).toBeVisible();
  await expect(page.getByText("1 Opportunity is being imported")).toHaveCount(0);
  expect(await page.evaluate(() => window.shifts)).toEqual([]);
});

test("a contract does not shift during its analysis", async ({ page }) => {
  test.slow();
  // Long documents occupy both analysis slots, so that the page loads before the analysis of the last document starts.
  const lines = Array.from({ length: 16_000 }, (_, line) => `Line ${line} of a very long document.`);
  for (let before = 0; before < 4; before++) await upload(page, `Long document ${before}`, lines);
  const id = await upload(page, "Supply agreement");
  await page.goto(`/contracts/${id}`);
  await expect(page.locator("#analysis")).toContainText("appear here automatically");
  await watchShifts(page);
  // The timeout is long, because five analyses share two slots, and the other Playwright worker uses the same CPUs.
  await expect(page.locator("#risks")).toBeAttached({ timeout: 25_000 });
  expect(await page.evaluate(() => window.shifts)).toEqual([]);
});
