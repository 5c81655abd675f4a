// Follows every link, and expects no failing page, no violation of the content security policy and no console error.

import type { Browser, Page } from "@playwright/test";
import { seed } from "../../support/seeded.ts";
import { joinAs } from "../../support/people.ts";
import { expect, signedIn as test } from "../../support/test.ts";

/** The maximum number of addresses. If the crawl finds more, a page probably generates links to new addresses endlessly. */
const MAX_ADDRESSES = 200;

interface Crawl {
  pages: string[];
  faults: string[];
}

/** Follows every link on this origin, starting at the addresses in `from`. */
async function crawl(page: Page, origin: string, from: string[]): Promise<Crawl> {
  const [seen, pages, faults, ways] = [new Set(from), [] as string[], [] as string[], [...from]];
  let here = "";
  page.on("console", (message) => message.type() === "error" && faults.push(`${here}: console: ${message.text()}`));
  page.on("pageerror", (error) => faults.push(`${here}: ${error.message}`));
  await page.exposeFunction("policyViolated", (what: string) => faults.push(`${here}: policy: ${what}`));
  await page.addInitScript(() => {
    const report = (window as unknown as { policyViolated(what: string): void }).policyViolated;
    addEventListener("securitypolicyviolation", ({ violatedDirective, blockedURI }) => report(`${violatedDirective} ${blockedURI}`));
  });
  for (let way = ways.shift(); way !== undefined; way = ways.shift()) {
    here = way;
    const head = await page.request.get(way);
    if (!head.ok()) faults.push(`${here}: status ${head.status()}`);
    const { "content-type": type, "content-disposition": disposition } = head.headers();
    if (!type?.startsWith("text/html") || disposition?.startsWith("attachment")) continue;
    await page.goto(way, { waitUntil: "networkidle" });
    pages.push(way);
    for (const next of await linksOn(page, origin)) {
      if (!seen.has(next)) ways.push(next);
      seen.add(next);
    }
    expect(seen.size, `number of addresses: ${[...seen].slice(-5).join(" ")}`).toBeLessThan(MAX_ADDRESSES);
  }
  return { pages, faults };
}

async function linksOn(page: Page, origin: string): Promise<string[]> {
  const all = await page.locator("a[href]").evaluateAll((links) => links.map((link) => (link as HTMLAnchorElement).href));
  const own = all.map((address) => new URL(address)).filter((address) => address.origin === origin);
  return [...new Set(own.map(({ pathname, search }) => pathname + search))];
}

async function visitor(browser: Browser, baseURL: string | undefined): Promise<Page> {
  return (await browser.newContext({ baseURL, reducedMotion: "reduce" })).newPage();
}

test("no page is broken for an admin, a viewer and a signed-out visitor", async ({ page, browser, simulator, baseURL, organization }) => {
  test.setTimeout(180_000);
  const origin = new URL(baseURL ?? "").origin;
  const { connection, contract } = await seed(page, simulator, browser);
  const { page: viewer, context } = await joinAs("viewer", "Vera Rubin", page, browser);

  const asAdmin = await crawl(page, origin, ["/"]);
  expect(asAdmin.faults).toEqual([]);
  const pages = [connection, `${connection}/settings`, `${connection}/backlog`, contract, `${contract}/files`, "/team", "/settings", "/settings/audit", "/account"];
  expect(asAdmin.pages).toEqual(expect.arrayContaining(pages));

  const asViewer = await crawl(viewer, origin, ["/"]);
  expect(asViewer.faults).toEqual([]);
  expect(asViewer.pages).toEqual(expect.arrayContaining([connection, contract, "/settings"]));
  for (const hidden of ["/team", `${connection}/backlog`, `${contract}/files`]) expect(asViewer.pages).not.toContain(hidden);
  await context.close();

  const stranger = await visitor(browser, baseURL);
  const asStranger = await crawl(stranger, origin, ["/", "/register", "/login"]);
  expect(asStranger.faults).toEqual([]);
  expect(asStranger.pages.filter((way) => !/^\/(login|register|integrations|api\/docs|$)/.test(way))).toEqual([]);
  expect(await stranger.content()).not.toContain(organization.name);
  await stranger.context().close();
});
