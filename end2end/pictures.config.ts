// Playwright configuration of `scripts/screenshots`, which takes screenshots of every page.

import tests from "./playwright.config.ts";

export default { ...tests, testDir: "pictures", timeout: 300_000, projects: tests.projects?.filter((project) => project.name === "js") };
