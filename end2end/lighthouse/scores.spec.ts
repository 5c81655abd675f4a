// Requires the maximum Lighthouse scores on desktop and phone. A failure lists the audits with a lower score.

import { chromium, expect, request, test } from "@playwright/test";
import lighthouse, { desktopConfig, type Config, type Flags, type Result } from "lighthouse";
import { registerOrganization } from "../support/organization.ts";
import { freePort } from "../support/processes.ts";

/** The number of runs per page. The test uses the median run, because times vary. */
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

/** Returns the run with the median performance. */
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

/** Registers an organization, and returns the value of the header `Cookie` for its session. */
async function signedInCookie(origin: string): Promise<string> {
  const person = await request.newContext({ baseURL: origin });
  await registerOrganization(person);
  const { cookies } = await person.storageState();
  await person.dispose();
  return cookies.map(({ name, value }) => `${name}=${value}`).join("; ");
}

/** Returns the weighted audits that do not have the maximum score. */
function lost(report: Result): string[] {
  const counted = Object.values(report.categories).flatMap(({ auditRefs }) => auditRefs.filter(({ weight }) => weight > 0));
  const audits = counted.map(({ id }) => report.audits[id]).filter((audit) => audit !== undefined);
  return audits.filter(({ score }) => score !== null && score < 1).map(({ id, title, displayValue }) => `${id}: ${title} ${displayValue ?? ""}`.trim());
}
