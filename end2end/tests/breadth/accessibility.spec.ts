// Checks WCAG 2.2 AA on all pages: on phone, tablet and desktop, in the light and the dark color scheme.

import { expectAccessibleInLightAndDark } from "../../support/accessibility.ts";
import { connectWithWebhook } from "../../support/connection.ts";
import { seed } from "../../support/seeded.ts";
import { degrade, loseAccess } from "../../support/failures.ts";
import { expect, signedIn as test } from "../../support/test.ts";
import type { Page } from "@playwright/test";

const WIDTHS = [360, 768, 1440];

// Reduced motion switches page transitions off. During a transition, colors would have a different contrast.
test.use({ contextOptions: { reducedMotion: "reduce" } });

async function expectAccessibleAt(page: Page, address: string): Promise<void> {
  await test.step(address, async () => {
    await page.goto(address);
    await expect(page.getByRole("heading", { level: 1 })).toBeVisible();
    for (const width of WIDTHS) {
      await page.setViewportSize({ width, height: 900 });
      await expectAccessibleInLightAndDark(page);
    }
  });
}

test("the pages of an organization with data of every kind", async ({ page, simulator, browser }) => {
  test.setTimeout(240_000);
  const { connection, contract, compare, unreadable, opportunity } = await seed(page, simulator, browser);
  for (const address of [
    "/integrations",
    connection,
    `${connection}/settings`,
    `${connection}/dry-run?record=${opportunity}`,
    `${connection}/backlog`,
    `${connection}/disconnect`,
    "/contracts",
    contract,
    `${contract}/files`,
    compare,
    unreadable,
    "/team",
    "/settings",
    "/settings/tokens",
    "/settings/audit",
    "/account",
  ]) {
    await expectAccessibleAt(page, address);
  }
});

test("empty, error and signed-out pages", async ({ page, consoleErrors }) => {
  test.setTimeout(120_000);
  for (const address of ["/integrations", "/integrations/connect/salesforce", "/integrations/connect/hubspot", "/integrations/connect/salesforce/link", "/connect/none", "/contracts", "/unfinished", "/nothing/here"]) {
    await expectAccessibleAt(page, address);
  }
  await page.goto("/team");
  await page.getByLabel("Name", { exact: true }).fill("Grace Hopper");
  await page.getByLabel("Email").fill(`${Date.now()}@example.com`);
  await page.getByRole("button", { name: "Invite", exact: true }).click();
  const invitation = (await page.getByLabel("Invitation link").textContent())?.trim() ?? "";
  await page.context().clearCookies();
  for (const address of ["/login", "/register", invitation, "/invitations/unknown"]) await expectAccessibleAt(page, address);
  // The test opens pages that do not exist. Chromium logs their 404 responses as errors.
  consoleErrors.length = 0;
});

test("failing connections", async ({ page, simulator }) => {
  test.setTimeout(120_000);
  const connection = await connectWithWebhook(page, simulator);
  await degrade(page, simulator);
  for (const address of ["/integrations", connection]) await expectAccessibleAt(page, address);
  await simulator.clearFaults();
  await page.goto(connection);
  await loseAccess(page, simulator);
  for (const address of ["/integrations", connection, `${connection}/reconnect`]) await expectAccessibleAt(page, address);
});
