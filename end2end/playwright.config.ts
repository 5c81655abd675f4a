import { defineConfig, devices } from "@playwright/test";
import { WORKERS } from "./support/stacks.ts";

const chromium = {
  ...devices["Desktop Chrome"],
  launchOptions: {
    // `scripts/test` sets `CHROMIUM_PATH`. If it is not set, Playwright uses its bundled browser.
    executablePath: process.env.CHROMIUM_PATH || undefined,
    args: [
      "--no-sandbox",
      "--disable-gpu",
      "--disable-background-networking",
      "--disable-component-update",
      "--disable-sync",
      "--no-first-run",
    ],
  },
};

// The installed Firefox, controlled by WebDriver BiDi. Playwright versions newer than the one in package.json use commands that
// this Firefox does not support.
const firefox = {
  ...devices["Desktop Firefox"],
  channel: "moz-firefox",
  launchOptions: { executablePath: process.env.FIREFOX_PATH },
};

/** Tests of behaviour that can differ between browser engines: navigation, dialogs, focus, automatic updates, appearance. */
const IN_EVERY_ENGINE = ["main-flow", "board", "session", "theme", "back", "keyboard"].map((name) => `**/${name}.spec.ts`);

/** Tests that visit many pages, and therefore take long. They run only in the project `js`. */
const BREADTH = "**/breadth/**";

/** Tests whose result does not depend on the size of the screen. The project `mobile` skips them. */
const ON_A_DESK = ["analysis", "audit", "downloads", "locale", "openapi", "outbound", "password", "polling", "secret", "signed-calls", "failing-connections", "tokens", "write-back"].map((name) => `**/${name}.spec.ts`);

export default defineConfig({
  testDir: "tests",
  globalSetup: "./support/global-setup.ts",
  // Each worker has a separate server and a separate simulated Salesforce, because tests inject faults into both.
  workers: WORKERS,
  retries: 0,
  forbidOnly: !!process.env.CI,
  timeout: 30_000,
  expect: { timeout: 10_000 },
  reporter: [["list"]],
  use: { trace: "off", screenshot: "only-on-failure" },
  projects: [
    { name: "js", use: chromium },
    // Pages and forms must also work if scripts are disabled.
    { name: "no-js", use: { ...chromium, javaScriptEnabled: false }, testIgnore: BREADTH },
    {
      name: "mobile",
      use: { ...chromium, viewport: { width: 360, height: 740 }, isMobile: true, hasTouch: true },
      testIgnore: [BREADTH, ...ON_A_DESK],
    },
    // `FIREFOX_PATH` is set if `scripts/setup` has found or installed Firefox.
    ...(process.env.FIREFOX_PATH ? [{ name: "firefox", use: firefox, testMatch: IN_EVERY_ENGINE }] : []),
  ],
});
