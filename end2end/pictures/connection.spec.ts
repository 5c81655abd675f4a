// Screenshots of the pages of a connection.

import { connectSalesforce, enterWebhookSecret, openConnection, opportunityWith } from "../support/connection.ts";
import { contractNamed } from "../support/contracts.ts";
import { signedIn as test } from "../support/test.ts";
import { takePage, takePageAt, takeScreen, takeScreenAt } from "./take.ts";

test("the setup of a connection", async ({ page, simulator }) => {
  const stage = "Needs Legal Review";
  await simulator.createOpportunities({ count: 42, name: "Old business", stage, at: "2025-03-01T10:00:00Z" });
  await simulator.createOpportunities({ count: 7, name: "Old renewal", stage, record_type: "Renewal", at: "2024-06-01T10:00:00Z" });
  await simulator.setStatusField("missing");
  await connectSalesforce(page);
  const connection = await openConnection(page);
  await takePage(page, "connection-new");
  await page.getByRole("button", { name: "Test connection" }).click();
  await page.getByText("Some checks failed.").waitFor();
  await takeScreenAt(page, connection, "connection-wrong");
  await simulator.setStatusField("present");
  await enterWebhookSecret(page, simulator);
  await takeScreen(page, "connection-secret");
  const opportunity = await opportunityWith(simulator, "Umbrella supply", ["Umbrella v1.pdf", "Umbrella v2.pdf"]);
  await simulator.setStage(opportunity, stage);
  await contractNamed(page, "Umbrella supply");
  await page.getByRole("button", { name: "Test connection" }).click();
  await page.getByText("All checks passed.").waitFor();
  await takePageAt(page, connection, "connection");
  await takePageAt(page, `${connection}/settings`, "connection-settings");
  await takePageAt(page, `${connection}/dry-run?record=${opportunity}`, "dry-run");
  await takePageAt(page, `${connection}/backlog`, "backlog");
  await takePageAt(page, `${connection}/disconnect`, "disconnect");
  await page.goto(connection);
  await page.getByRole("link", { name: `Steps of the delivery of ${opportunity}` }).first().click();
  await page.getByRole("table", { name: "Steps of the delivery" }).waitFor();
  await takePage(page, "delivery");
});

test("a connect link", async ({ page, browser, consoleErrors }) => {
  await takePageAt(page, "/integrations/connect/salesforce/link", "connect-link-new");
  await page.getByRole("button", { name: "Create connect link" }).click();
  const link = page.getByLabel("Connect link", { exact: true });
  await link.waitFor();
  await takePage(page, "connect-link-created");
  const address = (await link.textContent())?.trim() ?? "";
  const context = await browser.newContext();
  const visitor = await context.newPage();
  await takePageAt(visitor, address, "connect-link-visit");
  await visitor.getByRole("button", { name: "Continue to Salesforce" }).click();
  await visitor.getByRole("button", { name: "Allow" }).click();
  await visitor.getByRole("heading", { name: "Thank you" }).waitFor();
  await takePage(visitor, "connect-link-thanks");
  await context.close();
  await takePageAt(page, address, "connect-link-invalid");
  // Chromium logs the 404 response of a used link as an error.
  consoleErrors.length = 0;
  await takePageAt(page, "/integrations", "integrations-needs-confirmation");
});
