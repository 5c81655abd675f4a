// The write-back of a status to Salesforce: setup step, failure and retry.

import { changeSettings, connectWithWebhook, eventually, importOne, opportunityWith } from "../../support/connection.ts";
import { contractNamed } from "../../support/contracts.ts";
import { expect, signedIn as test } from "../../support/test.ts";

test("the status of a new contract is written at once, which completes the setup", async ({ page, simulator, isLive }) => {
  test.setTimeout(60_000);
  const { connection, contract } = await importOne(page, simulator, "Globex renewal");
  await page.goto(contract);
  await eventually(page, isLive, async () => expect(page.getByText("Written to Salesforce").first()).toBeVisible({ timeout: 4_000 }));
  // With polling, the setup would also wait for the first poll.
  await changeSettings(page, connection, { poll_seconds: 0 });
  await page.goto(connection);
  await page.getByRole("button", { name: "Test connection" }).click();
  await expect(page.getByRole("heading", { name: "Setup: complete" })).toBeVisible();
  await expect(page.getByText("First status written back")).toBeVisible();
  await page.goto("/integrations");
  await expect(page.getByText("Setup incomplete")).toHaveCount(0);
});

test("if the setting is off, nothing is written before the first change of the status", async ({ page, simulator, isLive }) => {
  const connection = await connectWithWebhook(page, simulator);
  await changeSettings(page, connection, { write_on_create: false });
  await simulator.setStage(await opportunityWith(simulator, "Umbrella supply", ["Umbrella.pdf"]), "Needs Legal Review");
  await page.goto(`/contracts/${await contractNamed(page, "Umbrella supply")}`);
  await expect(page.locator("#sync")).toContainText("Nothing to write yet");
  await page.getByLabel("Negotiation status").selectOption("in_review");
  await page.getByRole("button", { name: "Save" }).click();
  await eventually(page, isLive, async () => expect(page.locator("#sync")).toContainText("Written to Salesforce", { timeout: 4_000 }));
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
