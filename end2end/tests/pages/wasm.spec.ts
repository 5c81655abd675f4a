// Pages work if WebAssembly is delayed or missing.

import { connectWithWebhook, openConnection, opportunityWith } from "../../support/connection.ts";
import { hold } from "../../support/gate.ts";
import { expect, signedIn as test } from "../../support/test.ts";

const WASM = "**/*.wasm";

test.skip(({ isLive }) => !isLive, "without JavaScript it is not loaded");
// Reduced motion disables page transitions. The tests intercept requests, which disables the browser's cache. If the style sheet
// arrived late during a transition, Chromium would log an error.
test.use({ contextOptions: { reducedMotion: "reduce" } });

test("without WebAssembly the board can be searched and a key entered", async ({ page, consoleErrors }) => {
  await page.route(WASM, (route) => route.abort());
  await page.goto("/integrations");
  await page.getByLabel("Search integrations").fill("hub");
  await page.getByRole("button", { name: "Search", exact: true }).click();
  await expect(page).toHaveURL(/q=hub/);
  await expect(page.getByRole("article")).toHaveCount(1);
  await page.getByRole("link", { name: "Connect HubSpot" }).click();
  const dialog = page.getByRole("dialog", { name: "Connect HubSpot" });
  await dialog.getByLabel("Private app access token").fill("pat-na1-hubspot-simulator-token");
  await dialog.getByRole("button", { name: "Connect HubSpot" }).click();
  await expect(page.getByRole("article", { name: "HubSpot" }).getByText("Connected", { exact: true })).toBeVisible();
  await expect(page.getByText("Not up to date")).toHaveCount(0);
  // Chromium logs this error for the blocked file. The page itself logs only a warning.
  expect([...new Set(consoleErrors)]).toEqual(["Failed to load resource: net::ERR_FAILED"]);
  consoleErrors.length = 0;
});

test("the page works before WebAssembly has loaded, and is live afterwards", async ({ page, simulator }) => {
  await connectWithWebhook(page, simulator);
  const opportunity = await opportunityWith(simulator, "Slow deal", ["Slow.pdf"]);
  const release = await hold(page, WASM);
  await openConnection(page);
  await page.getByRole("button", { name: "Test connection" }).click();
  await expect(page.getByText("All checks passed.")).toBeVisible();
  await expect(page.getByRole("button", { name: "Copy" })).toHaveCount(0);
  await expect(page.getByText("Not up to date")).toHaveCount(0);
  await simulator.setStage(opportunity, "Needs Legal Review");
  release();
  await expect(page.getByRole("link", { name: "Open contract" })).toBeVisible();
  await expect(page.getByRole("button", { name: "Copy" }).first()).toBeVisible();
});
