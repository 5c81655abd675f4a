import type { Page } from "@playwright/test";

/** Delays requests that match the pattern `addresses` until the returned function is called. */
export async function hold(page: Page, addresses: string): Promise<() => void> {
  let open = () => {};
  const opened = new Promise<void>((resolve) => (open = resolve));
  await page.route(addresses, async (route) => {
    await opened;
    await route.continue();
  });
  return open;
}
