import { connectSalesforce, enterWebhookSecret, eventually, opportunityWith } from "../../support/connection.ts";
import { expect, signedIn as test } from "../../support/test.ts";

interface SimulatorState {
  orgs: {
    production: {
      opportunities: { id?: string; Id?: string; LexiContract_Status__c?: string | null }[];
      revocations: unknown[];
    };
  };
}

test("a deal becomes a contract, and its status is written back", async ({ page, simulator, isLive }) => {
  test.setTimeout(90_000);
  await page.goto("/integrations");
  const card = page.getByRole("article", { name: "Salesforce" });
  await expect(card.getByText("Not connected", { exact: true })).toBeVisible();
  await connectSalesforce(page);
  await expect(page.getByRole("status").first()).toContainText("Salesforce");
  await expect(card.getByText("Connected", { exact: true })).toBeVisible();

  await card.getByRole("link", { name: /Details/ }).click();
  const secret = await enterWebhookSecret(page, simulator);
  expect(secret).toMatch(/^lcwh_[\w-]{43}$/);
  expect(page.url()).not.toContain("lcwh_");
  await page.reload();
  await expect(page.getByText(secret)).toHaveCount(0);

  const id = await opportunityWith(simulator, "Globex renewal 2027", ["Globex MSA.pdf"]);
  await page.goto("/contracts");
  await expect(page.getByRole("heading", { name: "Contracts", level: 1 })).toBeVisible();
  await simulator.setStage(id, "Needs Legal Review");
  const link = page.getByRole("link", { name: "Globex renewal 2027" });
  await eventually(page, isLive, async () => expect(link).toBeVisible({ timeout: 4_000 }));
  await link.click();
  await expect(page.getByRole("heading", { name: "Globex renewal 2027", level: 1 })).toBeVisible();
  await eventually(page, isLive, async () => expect(page.getByText("Governing law").first()).toBeVisible({ timeout: 4_000 }));
  await expect(page.getByText("Globex MSA.pdf").first()).toBeVisible();

  await page.getByLabel("Negotiation status").selectOption({ label: "Approved" });
  await page.getByRole("button", { name: "Save" }).click();
  await expect
    .poll(async () => {
      const state = await simulator.state<SimulatorState>();
      return state.orgs.production.opportunities.find((opportunity) => [opportunity.Id, opportunity.id].includes(id))?.LexiContract_Status__c;
    })
    .toBe("Approved");
  await eventually(page, isLive, async () => expect(page.getByText("Written to Salesforce").first()).toBeVisible({ timeout: 4_000 }));

  await page.goto("/integrations");
  await card.getByRole("button", { name: "Disconnect" }).click();
  const question = isLive ? page.getByRole("dialog") : page.getByRole("main");
  await question.getByRole("button", { name: "Disconnect" }).click();
  await expect(card.getByText("Not connected", { exact: true })).toBeVisible();
  await expect.poll(async () => (await simulator.state<SimulatorState>()).orgs.production.revocations.length).toBeGreaterThan(0);
  await page.goto("/contracts");
  await expect(link).toBeVisible();
});

test("denied consent is reported on the integrations page", async ({ page }) => {
  await page.goto("/integrations");
  await page.getByRole("button", { name: "Connect Salesforce" }).click();
  await page.getByRole("button", { name: "Deny" }).click();
  await expect(page).toHaveURL(/error=access_denied/);
  await expect(page.getByRole("alert")).toContainText("Access was denied");
});

test("a key is checked before it is stored", async ({ page }) => {
  await page.goto("/integrations");
  await page.getByRole("article", { name: "Pipedrive" }).getByRole("link", { name: "Connect Pipedrive" }).click();
  const field = page.getByRole("textbox").or(page.locator("input[type=password]")).first();
  await field.fill("wrong-key");
  await page.getByRole("button", { name: "Connect Pipedrive" }).click();
  await expect(page.getByRole("alert")).toContainText("does not accept this key");
  await field.fill("pipedrive-simulator-token");
  await page.getByRole("button", { name: "Connect Pipedrive" }).click();
  await expect(page.getByRole("article", { name: "Pipedrive" }).getByText("Connected", { exact: true })).toBeVisible();
});
