import { expectAccessibleInLightAndDark } from "../../support/accessibility.ts";
import { connectSalesforce, openConnection } from "../../support/connection.ts";
import { expect, signedIn as test } from "../../support/test.ts";

test("cards are filtered by search and category", async ({ page, isLive }) => {
  await page.goto("/integrations");
  const salesforce = page.getByRole("article", { name: "Salesforce" });
  const pipedrive = page.getByRole("article", { name: "Pipedrive" });
  await expect(async () => {
    await page.getByLabel("Search integrations").fill("pipe");
    // Before hydration, the island does not receive the input.
    if (isLive) await expect(page.locator("[data-matches]")).toHaveText("1 integration matches", { timeout: 1_000 });
  }).toPass({ timeout: 20_000 });
  await page.getByRole("button", { name: "Search", exact: true }).click();
  await expect(pipedrive).toBeVisible();
  await expect(pipedrive).toContainText("Deals are not read yet.");
  await expect(salesforce).toBeHidden();
  await page.getByRole("link", { name: "Storage", exact: true }).click();
  await expect(page.getByText("No integration matches.")).toBeVisible();
  await page.getByLabel("Search integrations").fill("");
  await page.getByRole("button", { name: "Search", exact: true }).click();
  await page.getByRole("link", { name: "CRM", exact: true }).click();
  await expect(salesforce).toBeVisible();
  await expect(pipedrive).toBeVisible();
});

test("a card shows who connected it, incomplete setup, and the paused state", async ({ page, organization }) => {
  await connectSalesforce(page);
  const card = page.getByRole("article", { name: "Salesforce" });
  await expect(card.getByText("Connected", { exact: true })).toBeVisible();
  await expect(card.getByText("Setup incomplete", { exact: true })).toBeVisible();
  await expect(card.getByText("Production", { exact: true })).toBeVisible();
  await expect(card.getByText(`Added by ${organization.user.name}`)).toBeVisible();
  await openConnection(page);
  await page.getByRole("button", { name: "Pause" }).click();
  await expect(page.getByRole("status").first()).toContainText("Paused");
  await page.goto("/integrations");
  await expect(card.getByText("Paused", { exact: true })).toBeVisible();
  await openConnection(page);
  await page.getByRole("button", { name: "Resume" }).click();
  await expect(page.getByRole("button", { name: "Pause" })).toBeVisible();
  await page.goto("/integrations");
  await expect(card.getByText("Paused", { exact: true })).toHaveCount(0);
});

test("production and another org are connected side by side, and a pasted org address is accepted", async ({ page }) => {
  await connectSalesforce(page);
  const card = page.getByRole("article", { name: "Salesforce" });
  await card.getByRole("link", { name: "Add a sandbox or another org" }).click();
  await page.getByRole("radio", { name: /^My Domain/ }).check();
  await page.getByRole("textbox", { name: "My Domain" }).fill(`${process.env.SIMULATOR_SANDBOX_URL}/lightning/r/Opportunity/006ak00000OQ4RxAAL/view`);
  await page.getByRole("button", { name: "Connect Salesforce" }).click();
  await page.getByRole("button", { name: "Allow" }).click();
  await expect(page).toHaveURL(/\/integrations\?connected=salesforce/);
  await expect(card.getByText("Connected", { exact: true })).toHaveCount(2);
  await expect(card.getByText("Production", { exact: true })).toBeVisible();
  await expect(card.getByText("My Domain", { exact: true })).toBeVisible();
});

test("the key dialog can be cancelled", async ({ page, isLive }) => {
  test.skip(!isLive, "without JavaScript the form is a separate page");
  await page.goto("/integrations");
  await page.getByRole("link", { name: "Connect HubSpot" }).click();
  const dialog = page.getByRole("dialog", { name: "Connect HubSpot" });
  await expect(dialog.getByLabel("Private app access token")).toBeVisible();
  await expect(dialog.getByRole("link", { name: "Where to find it" })).toBeVisible();
  await expectAccessibleInLightAndDark(page);
  await dialog.getByRole("button", { name: "Cancel" }).click();
  await expect(dialog).toHaveCount(0);
  await expect(page.getByRole("link", { name: "Connect HubSpot" })).toBeFocused();
  await page.getByRole("link", { name: "Connect HubSpot" }).click();
  await page.keyboard.press("Escape");
  await expect(dialog).toHaveCount(0);
});
