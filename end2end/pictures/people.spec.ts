// Screenshots of the team, API tokens and audit log.

import { joinAs } from "../support/people.ts";
import { signedIn as test } from "../support/test.ts";
import { takePage, takePageAt } from "./take.ts";

test("team, tokens, account, settings and audit log", async ({ page, browser }) => {
  const grace = await joinAs("member", "Grace Hopper", page, browser);
  await grace.context.close();
  await takePageAt(page, "/team", "team");
  await page.goto("/settings/tokens");
  await page.getByLabel("Name").fill("Nightly export");
  await page.getByRole("button", { name: "Create token" }).click();
  await page.getByLabel("New API token", { exact: true }).waitFor();
  await takePage(page, "token-made");
  await takePageAt(page, "/settings/tokens", "tokens");
  await takePageAt(page, "/account", "account");
  await takePageAt(page, "/settings", "settings");
  await takePageAt(page, "/settings/delete", "settings-delete");
  await takePageAt(page, "/settings/audit", "audit");
});
