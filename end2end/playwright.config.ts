import { defineConfig, devices } from "@playwright/test";
import { WORKERS } from "./support/stacks.ts";

const chromium = {
  ...devices["Desktop Chrome"],
  launchOptions: {
    // `scripts/test` names the browser it found; without it, Playwright looks for its own.
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

// Debian's Firefox over WebDriver BiDi; Playwright's patched build is a separate download. Newer Playwright versions than the one in
// package.json send commands that it does not support yet.
const firefox = {
  ...devices["Desktop Firefox"],
  channel: "moz-firefox",
  launchOptions: { executablePath: process.env.FIREFOX_PATH },
};

/** What another engine may do otherwise: ways out and back, dialogs, focus, live pages, appearance. */
const IN_EVERY_ENGINE = ["main-flow", "board", "session", "theme", "back", "keyboard"].map((name) => `**/${name}.spec.ts`);

/** Many pages in many looks: once is enough. */
const BREADTH = "**/breadth/**";

/** What crosses the wire is the same on a phone. */
const ON_A_DESK = ["analysis", "audit", "downloads", "locale", "openapi", "password", "secret", "signed-calls", "failing-connections", "tokens", "write-back"].map((name) => `**/${name}.spec.ts`);

export default defineConfig({
  testDir: "tests",
  globalSetup: "./support/global-setup.ts",
  // Each worker has its own server and simulated Salesforce, because tests inject faults into them.
  workers: WORKERS,
  // A test that passes only the second time is a failed one.
  retries: 0,
  forbidOnly: !!process.env.CI,
  timeout: 30_000,
  expect: { timeout: 10_000 },
  reporter: [["list"]],
  use: { trace: "off", screenshot: "only-on-failure" },
  projects: [
    { name: "js", use: chromium },
    // Every page and form has to work before, or without, its WebAssembly.
    { name: "no-js", use: { ...chromium, javaScriptEnabled: false }, testIgnore: BREADTH },
    {
      name: "mobile",
      use: { ...chromium, viewport: { width: 360, height: 740 }, isMobile: true, hasTouch: true },
      testIgnore: [BREADTH, ...ON_A_DESK],
    },
    // Where `scripts/setup` found one, or could install it.
    ...(process.env.FIREFOX_PATH ? [{ name: "firefox", use: firefox, testMatch: IN_EVERY_ENGINE }] : []),
  ],
});
