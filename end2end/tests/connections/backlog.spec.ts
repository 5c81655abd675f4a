// Deals that are in a trigger stage and have no contract are imported only when an admin confirms them.

import type { Page } from "@playwright/test";
import { apiPath, connectSalesforce, openConnection } from "../../support/connection.ts";
import { expect, signedIn as test } from "../../support/test.ts";

const STAGE = "Needs Legal Review";

async function titles(page: Page): Promise<string[]> {
  const contracts = (await (await page.request.get("/api/v1/contracts/")).json()) as { items: { title: string }[] };
  return contracts.items.map(({ title }) => title).sort();
}

test("older deals are counted, and exactly the selected ones are imported", async ({ page, simulator }) => {
  test.setTimeout(60_000);
  await simulator.createOpportunities({ count: 3, name: "Old business", stage: STAGE, at: "2025-03-01T10:00:00Z" });
  await simulator.createOpportunities({ count: 2, name: "Old renewal", stage: STAGE, record_type: "Renewal", at: "2024-06-01T10:00:00Z" });
  await connectSalesforce(page);
  const connection = await openConnection(page);
  await page.getByRole("link", { name: "Show them" }).click();
  await expect(page.getByRole("heading", { name: "Older Opportunities", level: 1 })).toBeVisible();
  const stage = page.getByRole("table", { name: "By stage" }).getByRole("row").filter({ hasText: STAGE });
  await expect(stage.getByRole("cell").nth(1)).toHaveText("5");
  await expect(stage.getByRole("time")).toHaveAttribute("datetime", "2024-06-01T10:00:00.000Z");
  const ofType = (name: string) => page.getByRole("table", { name: "By record type" }).getByRole("row").filter({ hasText: name });
  await expect(ofType("New_Business").getByRole("cell").nth(1)).toHaveText("3");
  await expect(ofType("Renewal").getByRole("cell").nth(1)).toHaveText("2");
  expect(await titles(page), "nothing is imported without confirmation").toEqual([]);

  await page.getByLabel("Record type", { exact: true }).selectOption("Renewal");
  await page.getByRole("button", { name: "Show", exact: true }).click();
  await expect(page).toHaveURL(/record_type=Renewal/);
  await expect(ofType("New_Business")).toHaveCount(0);
  await expect(page.getByRole("button", { name: "Import 2 Opportunities" })).toBeVisible();

  await simulator.createOpportunities({ count: 1, name: "Late renewal", stage: STAGE, record_type: "Renewal", at: "2025-03-01T10:00:00Z" });
  await page.getByRole("button", { name: "Import 2 Opportunities" }).click();
  await expect(page.getByRole("alert")).toContainText("Someone else changed this after you opened it");
  await expect(page.getByLabel("Record type", { exact: true })).toHaveValue("Renewal");
  expect(await titles(page), "nothing is imported if the deals have changed").toEqual([]);

  await page.getByRole("button", { name: "Import 3 Opportunities" }).click();
  await expect(page.getByRole("status").filter({ hasText: "The import has started" })).toBeVisible();
  await expect.poll(() => titles(page), { timeout: 20_000 }).toEqual(["Late renewal 1", "Old renewal 1", "Old renewal 2"]);
  const deliveries = (await (await page.request.get(`${apiPath(connection)}/deliveries`)).json()) as { items: { origin: string }[] };
  expect(deliveries.items.map(({ origin }) => origin)).toEqual(["user", "user", "user"]);

  await page.goto(`${connection}/backlog?record_type=Renewal`);
  await expect(page.getByText("Nothing to import")).toBeVisible();
  await page.goto(`${connection}/backlog`);
  await expect(page.getByRole("button", { name: "Import 3 Opportunities" })).toBeVisible();
  await expect(ofType("Renewal")).toHaveCount(0);
});
