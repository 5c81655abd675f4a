// An admin sends a connect link. A Salesforce administrator without an account gives consent, and the admin confirms the connection.

import type { Browser, BrowserContext, Page } from "@playwright/test";
import { expectAccessibleInLightAndDark } from "../../support/accessibility.ts";
import { expect, signedIn as test } from "../../support/test.ts";

const FORM = "/integrations/connect/salesforce/link";

/** Creates a link on the page that the card of Salesforce leads to. Returns the address of the link. */
async function createLink(page: Page): Promise<string> {
  await page.goto("/integrations");
  await page.getByRole("article", { name: "Salesforce" }).getByRole("link", { name: "Ask an administrator" }).click();
  await expect(page.getByRole("heading", { name: "Ask an administrator", level: 1 })).toBeVisible();
  await page.getByRole("button", { name: "Create connect link" }).click();
  const address = (await page.getByLabel("Connect link", { exact: true }).textContent())?.trim() ?? "";
  expect(address).toMatch(/\/connect\/lccl_[\w-]{43}$/);
  return address;
}

/** Opens an address in a new browser context, which has no account. */
async function visit(browser: Browser, address: string, isLive: boolean): Promise<{ visitor: Page; context: BrowserContext }> {
  const context = await browser.newContext({ javaScriptEnabled: isLive, reducedMotion: "reduce" });
  const visitor = await context.newPage();
  await visitor.goto(address);
  return { visitor, context };
}

test("an administrator without an account connects, and an admin confirms", async ({ page, browser, organization, isLive }) => {
  const address = await createLink(page);
  await page.reload();
  await expect(page.getByText(address)).toHaveCount(0);
  await expect(page.getByRole("row").filter({ hasText: "Production" })).toContainText("Ada Lovelace");
  if (isLive) await expectAccessibleInLightAndDark(page);

  const { visitor, context } = await visit(browser, address, isLive);
  await expect(visitor.getByRole("heading", { name: "Connect Salesforce", level: 1 })).toBeVisible();
  await expect(visitor.getByRole("main")).toContainText(organization.name);
  await expect(visitor.getByText("Not verified", { exact: true })).toBeVisible();
  if (isLive) await expectAccessibleInLightAndDark(visitor);
  await visitor.getByRole("button", { name: "Continue to Salesforce" }).click();
  await visitor.getByRole("button", { name: "Deny" }).click();
  await expect(visitor.getByRole("alert")).toContainText("Access was denied in Salesforce");
  await visitor.getByRole("button", { name: "Continue to Salesforce" }).click();
  await visitor.getByRole("button", { name: "Allow" }).click();
  await expect(visitor.getByRole("heading", { name: "Thank you", level: 1 })).toBeVisible();
  await expect(visitor.getByRole("main")).toContainText("Acme Corporation");
  await expect(visitor.getByRole("heading", { name: "What happens next" })).toBeVisible();
  if (isLive) await expectAccessibleInLightAndDark(visitor);
  await visitor.reload();
  await expect(visitor.getByRole("heading", { name: "Thank you", level: 1 })).toBeVisible();
  const other = await visit(browser, address, isLive);
  await expect(other.visitor.getByRole("heading", { name: "Link not valid", level: 1 })).toBeVisible();
  await other.context.close();

  await page.goto("/integrations");
  const card = page.getByRole("article", { name: "Salesforce" });
  await expect(card).toContainText("a connect link of Ada Lovelace");
  await card.getByRole("button", { name: "Confirm" }).click();
  await expect(card.getByText("Connected", { exact: true })).toBeVisible();
  await visitor.reload();
  await expect(visitor.getByRole("main")).toContainText("has confirmed the connection");
  await context.close();
});

test("a revoked link does not work", async ({ page, browser, isLive }) => {
  const address = await createLink(page);
  await page.goto("/integrations");
  const card = page.getByRole("article", { name: "Salesforce" });
  await expect(card).toContainText("Open connect links: Production");
  await card.getByRole("link", { name: "Show or revoke links" }).click();
  await expect(page).toHaveURL(new RegExp(`${FORM}$`));
  await page.getByText("Revoke", { exact: true }).click();
  await page.getByRole("button", { name: "Revoke link" }).click();
  await expect(page.getByRole("status").filter({ hasText: "revoked" })).toBeVisible();
  await expect(page.getByText("No open links")).toBeVisible();
  const { visitor, context } = await visit(browser, address, isLive);
  await expect(visitor.getByRole("heading", { name: "Link not valid", level: 1 })).toBeVisible();
  if (isLive) await expectAccessibleInLightAndDark(visitor);
  await context.close();
});
