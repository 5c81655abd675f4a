// Holds requests until a test has seen what it wanted to see meanwhile.

import type { Page } from "@playwright/test";

/** Requests to such addresses wait for the function that this answers with. */
export async function hold(page: Page, addresses: string): Promise<() => void> {
  let open = () => {};
  const opened = new Promise<void>((resolve) => (open = resolve));
  await page.route(addresses, async (route) => {
    await opened;
    await route.continue();
  });
  return open;
}
