// Outbound Messages of Salesforce. The URL of the endpoint contains the secret.

import { connectSalesforce, eventually, openConnection, opportunityWith, wayIn } from "../../support/connection.ts";
import { contractNamed } from "../../support/contracts.ts";
import { expect, signedIn as test } from "../../support/test.ts";

test("an Outbound Message creates a contract, and its URL is shown once", async ({ page, request, simulator, isLive }) => {
  await simulator.setWebhook(null, "");
  await connectSalesforce(page);
  const connection = await openConnection(page);
  await expect(wayIn(page, "Outbound Message")).toContainText("Not set up");
  await page.getByRole("button", { name: "Create endpoint URL" }).click();
  await expect(page.getByRole("status").filter({ hasText: "The endpoint URL has been created" })).toBeVisible();
  const url = (await page.getByLabel("Endpoint URL", { exact: true }).textContent())?.trim() ?? "";
  expect(url).toMatch(/\/api\/v1\/integrations\/salesforce\/outbound\/lcom_[\w-]{43}$/);
  expect(page.url()).not.toContain("lcom_");
  await page.reload();
  await expect(page.getByText("Replace endpoint URL")).toBeVisible();
  await expect(page.getByText(url)).toHaveCount(0);
  await expect(wayIn(page, "Outbound Message")).toContainText("Ready");

  await simulator.setOutbound(url, "Needs Legal Review");
  await simulator.setStage(await opportunityWith(simulator, "Hooli licence", ["Hooli.pdf"]), "Needs Legal Review");
  await contractNamed(page, "Hooli licence");
  await page.goto(connection);
  await eventually(page, isLive, async () => {
    await expect(wayIn(page, "Outbound Message")).toContainText("In use", { timeout: 4_000 });
    await expect(page.getByRole("link", { name: "Open contract" })).toBeVisible({ timeout: 4_000 });
  });
  await expect(wayIn(page, "Webhook call")).toContainText("Not set up");

  const call = { data: "<Envelope/>", headers: { "content-type": "text/xml" } };
  expect((await request.post(`${url.slice(0, -1)}${url.endsWith("A") ? "B" : "A"}`, call)).status(), "a wrong secret").toBe(401);
  expect((await request.post(url, call)).status(), "a malformed message").toBe(400);
});
