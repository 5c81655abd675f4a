import { connectWithWebhook, opportunityWith } from "../../support/connection.ts";
import { contractNamed } from "../../support/contracts.ts";
import { expect, signedIn as test } from "../../support/test.ts";

const DAY = 24 * 60 * 60 * 1000;

test("a new secret is shown once, and the previous one works for 24 hours", async ({ page, simulator }) => {
  const connection = await connectWithWebhook(page, simulator);
  const secret = page.getByLabel("Webhook secret", { exact: true });
  const first = (await secret.textContent())?.trim() ?? "";
  await page.getByText("Replace webhook secret", { exact: true }).click();
  await expect(page.getByText("works for another 24 hours")).toBeVisible();
  await page.getByRole("button", { name: "Create new secret" }).click();
  await expect(secret).not.toHaveText(first);
  const second = (await secret.textContent())?.trim() ?? "";

  const webhook = page.locator("#webhook");
  const old = webhook.getByRole("listitem").filter({ hasText: first.slice(0, 9) });
  await expect(old).toContainText("Works until");
  const until = Date.parse((await old.getByRole("time").first().getAttribute("datetime")) ?? "");
  expect(Math.abs(until - Date.now() - DAY)).toBeLessThan(60_000);
  await expect(webhook.getByRole("listitem").filter({ hasText: second.slice(0, 9) })).toContainText("In use");

  // The trigger still uses the old secret.
  await simulator.setStage(await opportunityWith(simulator, "With the old secret", ["Old.pdf"]), "Needs Legal Review");
  await contractNamed(page, "With the old secret");
  await simulator.setWebhook((await page.getByLabel("Webhook address", { exact: true }).textContent())?.trim() ?? "", second);
  await simulator.setStage(await opportunityWith(simulator, "With the new secret", ["New.pdf"]), "Needs Legal Review");
  await contractNamed(page, "With the new secret");

  await page.goto(connection);
  await page.getByText("Revoke the previous secret now", { exact: true }).click();
  await expect(page.getByText("are rejected immediately")).toBeVisible();
  await page.getByRole("button", { name: "Revoke previous secret" }).click();
  await expect(page.getByRole("status").filter({ hasText: "no longer works" })).toBeVisible();
  await expect(old).toHaveCount(0);
  await expect(page.getByText("Revoke the previous secret now")).toHaveCount(0);
});
