import { AGREEMENT, analysed, upload } from "../../support/contracts.ts";
import { pdf } from "../../support/pdf.ts";
import { expect, signedIn as test } from "../../support/test.ts";

test("an uploaded document becomes a contract whose risks link to clauses", async ({ page }) => {
  await page.goto("/contracts");
  await expect(page.getByText("No contracts yet")).toBeVisible();
  await page.getByText("Upload a document", { exact: true }).click();
  await page.getByLabel("Title").fill("Globex <MSA> & more");
  await page.getByLabel("File", { exact: true }).setInputFiles({
    name: "globex.pdf",
    mimeType: "application/pdf",
    buffer: pdf(AGREEMENT),
  });
  await page.getByRole("button", { name: "Upload" }).click();
  await expect(page.getByRole("heading", { name: "Globex <MSA> & more", level: 1 })).toBeVisible();
  await expect(page).toHaveTitle("Globex <MSA> & more · LexiContract");
  await expect(page.getByRole("status").filter({ hasText: "stored" })).toBeVisible();
  const id = new URL(page.url()).pathname.split("/").pop() ?? "";
  await analysed(page, id);
  await page.goto(`/contracts/${id}`);

  const text = page.getByRole("region", { name: "Text of the document" });
  await expect(text).toContainText("laws of the State of New York");
  await expect(text.locator("mark", { hasText: "State of New York" })).toHaveAttribute("data-kind", /Governing law/);
  const risk = page.locator("#risks").getByRole("link").first();
  const anchor = (await risk.getAttribute("href")) ?? "";
  expect(anchor).toMatch(/^#clause-\d+$/);
  await risk.click();
  await expect(page.locator(anchor)).toBeInViewport();
  await page.getByRole("navigation", { name: "Clauses in this document" }).getByRole("link", { name: "Governing law" }).first().click();
  await expect(text.locator("mark", { hasText: "State of New York" })).toBeInViewport();
});

test("a rejected upload shows the reason and the open form", async ({ page }) => {
  await page.goto("/contracts?problem=file_empty");
  await expect(page.getByRole("alert")).toContainText("The file is empty");
  await expect(page.getByLabel("Title")).toBeVisible();
});

test("contracts are searched, filtered, counted, sorted and paged", async ({ page }) => {
  test.setTimeout(60_000);
  await upload(page, "Zebra lease", ["Lease"]);
  const apple = await upload(page, "Apple supply", ["Supply"]);
  for (let index = 0; index < 25; index += 1) await upload(page, `Filler ${index}`, ["Text"]);
  const origin = new URL(process.env.LEXICONTRACT_URL ?? "").origin;
  const signed = await page.request.put(`/api/v1/contracts/${apple}/status`, { data: { negotiation_status: "signed" }, headers: { origin } });
  expect(signed.ok()).toBe(true);

  await page.goto("/contracts");
  await expect(page.getByText("25 of 27 contracts")).toBeVisible();
  await expect(page.getByRole("row")).toHaveCount(26);
  await page.getByRole("link", { name: "Next page" }).click();
  await expect(page.getByText("2 of 27 contracts")).toBeVisible();
  await page.getByRole("link", { name: "First page" }).click();
  await expect(page.getByText("25 of 27 contracts")).toBeVisible();

  await page.getByRole("navigation", { name: "Contracts by status" }).getByRole("link", { name: /Signed/ }).click();
  await expect(page.getByText("1 of 1 contract", { exact: false })).toBeVisible();
  await expect(page.getByRole("link", { name: "Apple supply" })).toBeVisible();

  await page.goto("/contracts");
  await page.getByLabel("Sort by").selectOption("title");
  await page.getByRole("button", { name: "Search" }).click();
  await expect(page.getByRole("table").getByRole("link", { name: /^(Apple|Filler|Zebra)/ }).first()).toHaveText("Apple supply");

  await page.getByLabel("Search").fill("zebra");
  await page.getByRole("button", { name: "Search" }).click();
  await expect(page.getByText("1 of 1 contract", { exact: false })).toBeVisible();
  await page.getByLabel("Search").fill("nothing like it");
  await page.getByRole("button", { name: "Search" }).click();
  await expect(page.getByText("No contract matches")).toBeVisible();
  await page.getByRole("link", { name: "Show all contracts" }).click();
  await expect(page.getByText("25 of 27 contracts")).toBeVisible();
});
