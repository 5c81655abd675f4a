import { expectAccessibleInLightAndDark } from "../../support/accessibility.ts";
import { connectSalesforce, eventually, openConnection } from "../../support/connection.ts";
import { expect, test } from "../../support/test.ts";

test("the confirmation lists the consequences, and the receipt the result", async ({ page, organization, isLive }) => {
  await connectSalesforce(page);
  await openConnection(page);
  await page.getByRole("button", { name: "Create webhook secret" }).click();
  await page.goto("/integrations");
  const card = page.getByRole("article", { name: "Salesforce" });
  await card.getByRole("button", { name: "Disconnect" }).click();
  const question = isLive ? page.getByRole("dialog", { name: "Disconnect Salesforce?" }) : page.getByRole("main");
  for (const words of ["What stops", "What is erased", "What stays"]) {
    await expect(question.getByRole("heading", { name: words })).toBeVisible();
  }
  if (isLive) await expectAccessibleInLightAndDark(page);
  await question.getByRole("button", { name: "Cancel" }).click();
  await expect(card.getByText("Connected", { exact: true })).toBeVisible();

  await card.getByRole("button", { name: "Disconnect" }).click();
  await question.getByRole("button", { name: "Disconnect" }).click();
  const receipt = page.locator("#disconnect-receipt");
  await expect(receipt).toContainText(organization.user.name);
  await expect(receipt).toContainText("The stored credentials and 1 webhook secret.");
  await eventually(page, isLive, async () => {
    await expect(receipt.getByText("Access revoked at Salesforce")).toBeVisible({ timeout: 4_000 });
  });
  await expect(card.getByText("Not connected", { exact: true })).toBeVisible();
});
