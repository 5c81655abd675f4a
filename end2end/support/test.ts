// What every test imports: Playwright's `test` with this product's fixtures.

import { test as base, expect } from "@playwright/test";
import { registerOrganization, type Organization } from "./organization.ts";
import { Simulator } from "./simulator.ts";
import { chooseStack } from "./stacks.ts";

chooseStack();

function started(name: string): string {
  const value = process.env[name];
  if (!value) throw new Error(`${name} is not set: global-setup.ts sets it`);
  return value;
}

interface Fixtures {
  /** Production, where `/control` is; fresh for every test that asks for it. */
  simulator: Simulator;
  /** A fresh organization; the test's page is signed in as its administrator. */
  organization: Organization;
  /** Whether pages change by themselves: they have JavaScript. */
  isLive: boolean;
  /** Errors in the page's console; a test that expects one empties the list. */
  consoleErrors: string[];
}

export const test = base.extend<Fixtures>({
  // Ports are chosen when the server starts, after the configuration was read.
  baseURL: async ({}, use) => use(started("LEXICONTRACT_URL")),
  simulator: async ({ request }, use) => {
    const simulator = new Simulator(request, started("SIMULATOR_URL"));
    await simulator.reset();
    await use(simulator);
  },
  organization: async ({ page }, use) => use(await registerOrganization(page.request)),
  isLive: async ({ javaScriptEnabled }, use) => use(javaScriptEnabled ?? true),
  consoleErrors: [
    async ({ page }, use) => {
      const errors: string[] = [];
      page.on("console", (message) => {
        if (message.type() === "error") errors.push(message.text());
      });
      page.on("pageerror", (error) => errors.push(error.message));
      await use(errors);
      expect(errors, "no error in the browser's console").toEqual([]);
    },
    { auto: true },
  ],
});

/** For tests of what lies behind the sign-in: each has its own organization and a fresh Salesforce, whether it asks for them or not. */
export const signedIn = test.extend<{ entered: string }>({
  entered: [async ({ organization, simulator: _fresh }, use) => use(organization.id), { auto: true }],
});

export { expect };
