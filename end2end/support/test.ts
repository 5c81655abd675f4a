// The `test` function of Playwright, extended with the fixtures of this project.

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
  /** The simulated Salesforce production org. It is reset before each test that uses it. */
  simulator: Simulator;
  /** A new organization. The page is signed in as the admin of the organization. */
  organization: Organization;
  /** True if JavaScript is enabled, so that pages update automatically. */
  isLive: boolean;
  /**
   * Errors in the browser console. A test fails if this list is not empty at the end of the test. A test that expects errors
   * clears the list.
   */
  consoleErrors: string[];
}

export const test = base.extend<Fixtures>({
  // The base address is set here, because the ports are chosen after Playwright has read the configuration.
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

/** The `test` function for pages that require sign-in. Each test has a new organization and a reset simulator. */
export const signedIn = test.extend<{ entered: string }>({
  entered: [async ({ organization, simulator: _fresh }, use) => use(organization.id), { auto: true }],
});

export { expect };
