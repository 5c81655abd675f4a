// Polling finds deals without a webhook.

import { apiPath, connectSalesforce, eventually, openConnection, opportunityWith, pollEvery30Seconds, wayIn } from "../../support/connection.ts";
import { contractNamed } from "../../support/contracts.ts";
import { expect, signedIn as test } from "../../support/test.ts";

test("a deal becomes a contract without a webhook, and the setup is complete", async ({ page, simulator, isLive }) => {
  test.setTimeout(120_000);
  await simulator.setWebhook(null, "");
  // With the default share of 10 percent, this is enough for a poll every 30 seconds.
  await simulator.setApiLimit(100_000);
  await connectSalesforce(page);
  const connection = await openConnection(page);
  await expect(page.getByRole("heading", { name: "How Opportunities are found" })).toBeVisible();
  await expect(wayIn(page, "Polling")).toContainText("Ready");
  await pollEvery30Seconds(page, connection);
  await simulator.setStage(await opportunityWith(simulator, "Globex renewal", ["Globex.pdf"]), "Needs Legal Review");
  const contract = await contractNamed(page, "Globex renewal", 40);

  await page.goto(connection);
  const polling = wayIn(page, "Polling");
  await eventually(page, isLive, async () => {
    await expect(page.getByRole("heading", { name: "Setup: complete" })).toBeVisible({ timeout: 4_000 });
    await expect(polling).toContainText("In use", { timeout: 4_000 });
  });
  await expect(page.locator("#setup")).toContainText("Deals are found by polling");
  await expect(polling).toContainText("asks Salesforce for changed Opportunities every 30 seconds. No setup is needed.");
  const state = page.locator("#state-card");
  await expect(state).toContainText(/All API clients together have used [\d,]+ of 100,?000\. When they run low, polling uses at most 10 percent of the rest\./);
  await expect(state).toContainText("Due within a minute");
  await expect(polling).toContainText("Last successful poll");
  await expect(polling).not.toContainText("Polling is slower");
  for (const title of ["Outbound Message", "Webhook call"]) await expect(wayIn(page, title)).toContainText("Not set up");

  const deliveries = (await (await page.request.get(`${apiPath(connection)}/deliveries`)).json()) as { items: unknown[] };
  expect(deliveries.items).toEqual([expect.objectContaining({ origin: "poll", contract_id: contract })]);
});
