import { upload } from "../../support/contracts.ts";
import { joinAs } from "../../support/people.ts";
import { expect, signedIn as test } from "../../support/test.ts";

test("every role sees the usage and the links to other settings", async ({ page, browser }) => {
  await upload(page, "Hooli licence");
  const vera = await joinAs("viewer", "Vera Rubin", page, browser);
  for (const visitor of [page, vera.page]) {
    await visitor.goto("/integrations");
    await visitor.getByRole("navigation", { name: "Main" }).getByRole("link", { name: "Settings", exact: true }).click();
    await expect(visitor.getByRole("heading", { name: "Settings", level: 1 })).toBeVisible();
    const usage = visitor.getByRole("region", { name: "Usage" });
    await expect(usage.getByRole("listitem").filter({ hasText: "Contracts" })).toContainText(/1 of 100.?000/);
    await expect(usage.getByRole("listitem").filter({ hasText: "Users" })).toContainText(/2 of 1.?000/);
    await expect(usage.getByRole("progressbar", { name: "Storage" })).toBeVisible();
    await expect(usage.getByRole("progressbar")).toHaveCount(5);
    await expect(visitor.getByRole("navigation", { name: "Main" }).locator("[aria-current=page]")).toHaveText("Settings");
  }
  const more = page.getByRole("region", { name: "More settings" });
  await expect(more.getByRole("link", { name: "Audit log" })).toBeVisible();
  await expect(vera.page.getByRole("region", { name: "More settings" }).getByRole("link", { name: "Audit log" })).toHaveCount(0);
  await vera.context.close();
});
