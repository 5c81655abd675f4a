// The write-back of a status to Salesforce: setup step, failure and retry.

import { eventually, importOne } from "../../support/connection.ts";
import { expect, signedIn as test } from "../../support/test.ts";

test("the status of a new contract is written at once, which completes the setup", async ({ page, simulator, isLive }) => {
  test.setTimeout(60_000);
  const { connection, contract } = await importOne(page, simulator, "Globex renewal");
  await page.goto(contract);
  await eventually(page, isLive, async () => expect(page.getByText("Written to Salesforce").first()).toBeVisible({ timeout: 4_000 }));
  await page.goto(connection);
  await page.getByRole("button", { name: "Test connection" }).click();
  await expect(page.getByRole("heading", { name: "Setup: complete" })).toBeVisible();
  await expect(page.getByText("First status written back")).toBeVisible();
  await page.goto("/integrations");
  await expect(page.getByText("Setup incomplete")).toHaveCount(0);
});

test("a rejected status is written again after the cause is fixed", async ({ page, simulator, isLive }) => {
  test.setTimeout(60_000);
  const { contract } = await importOne(page, simulator, "Hooli licence");
  await simulator.setStatusField("read_only");
  await page.goto(contract);
  await page.getByLabel("Negotiation status").selectOption("approved");
  await page.getByRole("button", { name: "Save" }).click();
  const again = page.getByRole("button", { name: "Write again now" });
  await eventually(page, isLive, async () => expect(again).toBeVisible({ timeout: 4_000 }));
  await simulator.setStatusField("present");
  await again.click();
  await expect(page.getByRole("status").first()).toContainText("The status is being written again");
  await eventually(page, isLive, async () => expect(page.getByText("Written to Salesforce").first()).toBeVisible({ timeout: 4_000 }));
  await expect(again).toHaveCount(0);
});
