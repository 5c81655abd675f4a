import { expect, signedIn as test } from "../../support/test.ts";

test("a token is shown once, works, and stops when it is revoked", async ({ page, playwright }) => {
  await page.goto("/settings/tokens");
  await expect(page.getByText("No tokens yet")).toBeVisible();
  await page.getByLabel("Name").fill("Nightly export");
  await page.getByLabel("Expires after").selectOption("30 days");
  await page.getByRole("button", { name: "Create token" }).click();
  const token = (await page.getByLabel("New API token", { exact: true }).textContent())?.trim() ?? "";
  expect(token).toMatch(/^lct_/);
  expect(page.url()).not.toContain("lct_");

  const program = await playwright.request.newContext({
    baseURL: new URL(page.url()).origin,
    extraHTTPHeaders: { authorization: `Bearer ${token}` },
  });
  expect((await program.get("/api/v1/contracts/")).status()).toBe(200);

  await page.goto("/settings/tokens");
  await expect(page.getByText(token)).toHaveCount(0);
  const row = page.getByRole("row").filter({ hasText: "Nightly export" });
  const expiry = Date.parse((await row.getByRole("time").nth(1).getAttribute("datetime")) ?? "");
  expect(Math.abs(expiry - Date.now() - 30 * 24 * 60 * 60 * 1000)).toBeLessThan(60_000);
  await row.getByText("Revoke", { exact: true }).click();
  await row.getByRole("button", { name: "Revoke token" }).click();
  await expect(page.getByRole("status").filter({ hasText: "revoked" })).toBeVisible();
  expect((await program.get("/api/v1/contracts/")).status()).toBe(401);
  await program.dispose();
});
