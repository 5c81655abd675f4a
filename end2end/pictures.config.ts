// Pictures of every page, for people to look at: `scripts/screenshots`. Nothing is tested here.

import tests from "./playwright.config.ts";

export default { ...tests, testDir: "pictures", timeout: 300_000, projects: tests.projects?.filter((project) => project.name === "js") };
