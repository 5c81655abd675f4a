import { defineConfig, devices } from "@playwright/test";

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

export default defineConfig({
  testDir: "tests",
  globalSetup: "./support/global-setup.ts",
  // All tests talk to one server and one simulated Salesforce, whose faults are switched for everybody.
  workers: 1,
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
    { name: "no-js", use: { ...chromium, javaScriptEnabled: false } },
    { name: "mobile", use: { ...chromium, viewport: { width: 360, height: 740 }, isMobile: true, hasTouch: true } },
  ],
});
