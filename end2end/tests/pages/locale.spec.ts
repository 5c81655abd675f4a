// Times and numbers are shown in the locale and time zone of the browser. Without JavaScript, times are shown in UTC.

import { upload, uploadUnreadable } from "../../support/contracts.ts";
import { expect, signedIn as test } from "../../support/test.ts";

test.use({ locale: "de-DE", timezoneId: "Asia/Tokyo" });

test("a relative time has the exact time as title", async ({ page, isLive }) => {
  const id = await upload(page, "Liefervertrag");
  await page.goto(`/contracts/${id}`);
  const time = page.locator("#versions").getByRole("time").first();
  await expect(time).toHaveText("just now");
  const at = new Date((await time.getAttribute("datetime")) ?? "");
  const inTokyo = at.toLocaleTimeString("de-DE", { timeZone: "Asia/Tokyo" });
  const day = at.toLocaleDateString("de-DE", { timeZone: "Asia/Tokyo", weekday: "long", day: "numeric", month: "long", year: "numeric" });
  const title = isLive ? `${day} um ${inTokyo} GMT+9` : /^\d+ \w{3} \d{4}, \d\d:\d\d:\d\d UTC$/;
  await expect(time).toHaveAttribute("title", title);
});

// The browser's locale is German. The German plural of the unit is “Byte”.
test("a size below a kilobyte is a number of bytes", async ({ page, isLive }) => {
  const id = await uploadUnreadable(page, "Kurzer Vertrag");
  await page.goto(`/contracts/${id}`);
  await expect(page.locator("#versions data")).toHaveText(isLive ? /^\d{2,3} Byte$/ : /^\d{2,3} bytes$/);
});

test("a size has the reader's decimal sign and unit", async ({ page, isLive }) => {
  const lines = Array.from({ length: 30 }, (_, index) => `${index + 1}. A line of an agreement that is longer than most of the others.`);
  const id = await upload(page, "Liefervertrag", lines);
  await page.goto(`/contracts/${id}`);
  await expect(page.locator("#versions data")).toHaveText(isLive ? /^\d,\d kB$/ : /^\d\.\d [kK]i?B$/);
});
