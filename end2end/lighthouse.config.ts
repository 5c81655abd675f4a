// Playwright configuration of `scripts/lighthouse`, which measures the Lighthouse scores of the first pages that users see.

import tests from "./playwright.config.ts";

export default { ...tests, testDir: "lighthouse", timeout: 120_000, projects: tests.projects?.filter((project) => project.name === "js") };
