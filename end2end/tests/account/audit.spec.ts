import { joinAs } from "../../support/people.ts";
import { expect, signedIn as test } from "../../support/test.ts";

test("an admin filters the audit log and exports it as CSV", async ({ page, browser }) => {
  const grace = await joinAs("member", "=Grace", page, browser);
  await page.goto("/settings/tokens");
  await page.getByLabel("Name").fill("Nightly export");
  await page.getByRole("button", { name: "Create token" }).click();

  await page.goto("/settings/audit");
  await expect(page.getByRole("heading", { name: "Audit log", level: 1 })).toBeVisible();
  await expect(page.getByRole("table")).toContainText("Nightly export");
  await expect(page.getByRole("table")).toContainText("invited =Grace");

  await page.getByLabel("What").selectOption("token_created");
  await page.getByRole("button", { name: "Show", exact: true }).click();
  await expect(page.getByRole("table")).toContainText("Nightly export");
  await expect(page.getByRole("table")).not.toContainText("invited =Grace");

  const address = await page.getByRole("link", { name: "Export as CSV" }).getAttribute("href");
  const file = await page.request.get(address ?? "");
  expect(file.headers()["content-type"]).toContain("text/csv");
  expect(file.headers()["content-disposition"]).toContain("audit-log.csv");
  const lines = (await file.text()).trim().split("\r\n");
  expect(lines[0]).toContain("time,kind,what,who");
  expect(lines).toHaveLength(2);

  expect((await grace.page.request.get("/settings/audit.csv")).status()).toBe(403);
  await expect(grace.page.getByRole("link", { name: "Audit log" })).toHaveCount(0);
  await grace.context.close();
});
