// The release build's pages have every point that Lighthouse gives, on a desk and on a phone; what costs one is named.

import { chromium, expect, request, test } from "@playwright/test";
import lighthouse, { desktopConfig, type Config, type Flags, type Result } from "lighthouse";
import { registerOrganization } from "../support/organization.ts";
import { freePort } from "../support/processes.ts";

/** Times differ from run to run: of three, the one in the middle counts. */
const RUNS = 3;
const PRESETS = { desktop: desktopConfig, mobile: undefined } as const;

for (const preset of ["desktop", "mobile"] as const) {
  for (const address of ["/login", "/integrations"] as const) {
    test(`${address} on a ${preset}`, async ({ launchOptions }) => {
      const origin = process.env.LEXICONTRACT_URL ?? "";
      const port = await freePort();
      const browser = await chromium.launch({ ...launchOptions, args: [...(launchOptions.args ?? []), `--remote-debugging-port=${port}`] });
      const flags: Flags = { port, logLevel: "error", onlyCategories: ["performance", "accessibility", "best-practices"] };
      if (address !== "/login") flags.extraHeaders = { Cookie: await signedInCookie(origin) };
      const report = await measure(`${origin}${address}`, flags, PRESETS[preset]);
      await browser.close();
      expect(new URL(report.finalDisplayedUrl).pathname, "the page that was meant").toBe(address);
      const scores = Object.values(report.categories).map(({ title, score }) => `${title} ${Math.round((score ?? 0) * 100)}`);
      console.log([`    ${scores.join(", ")}`, ...lost(report)].join("\n      "));
      expect(scores, lost(report).join("; ")).toEqual(["Performance 100", "Accessibility 100", "Best Practices 100"]);
    });
  }
}

/** The run whose performance is neither the best nor the worst. */
async function measure(address: string, flags: Flags, preset: Config | undefined): Promise<Result> {
  const runs: Result[] = [];
  for (let run = 0; run < RUNS; run += 1) {
    const measured = await lighthouse(address, flags, preset);
    if (measured) runs.push(measured.lhr);
  }
  const performance = (run: Result) => run.categories.performance?.score ?? 0;
  const middle = runs.sort((one, other) => performance(one) - performance(other))[Math.floor(runs.length / 2)];
  if (!middle) throw new Error("Lighthouse has no report");
  return middle;
}

/** The session of a fresh organization, as the header that carries it. */
async function signedInCookie(origin: string): Promise<string> {
  const person = await request.newContext({ baseURL: origin });
  await registerOrganization(person);
  const { cookies } = await person.storageState();
  await person.dispose();
  return cookies.map(({ name, value }) => `${name}=${value}`).join("; ");
}

/** The audits that are not perfect and count. */
function lost(report: Result): string[] {
  const counted = Object.values(report.categories).flatMap(({ auditRefs }) => auditRefs.filter(({ weight }) => weight > 0));
  const audits = counted.map(({ id }) => report.audits[id]).filter((audit) => audit !== undefined);
  return audits.filter(({ score }) => score !== null && score < 1).map(({ id, title, displayValue }) => `${id}: ${title} ${displayValue ?? ""}`.trim());
}
