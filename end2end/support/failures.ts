// Helpers that make a connection fail because Salesforce is unavailable, or because the access was revoked.

import { expect, type Page } from "@playwright/test";
import { apiPath, opportunityWith } from "./connection.ts";
import type { Simulator } from "./simulator.ts";

/** Makes Salesforce respond only with 503, and waits until the connection is degraded. `page` must show the connection. */
export async function degrade(page: Page, simulator: Simulator): Promise<void> {
  const opportunity = await opportunityWith(simulator, "Waiting for Salesforce", ["Waiting.pdf"]);
  await simulator.addFault({ path_contains: "/services/data", times: 1_000, status: 503, body: "Down for maintenance" });
  await simulator.setStage(opportunity, "Needs Legal Review");
  const address = apiPath(new URL(page.url()).pathname);
  await expect.poll(async () => ((await (await page.request.get(address)).json()) as { status: string }).status).toBe("degraded");
}

/** Revokes the app's access in Salesforce. Then tests the connection to detect this. `page` must show the connection. */
export async function loseAccess(page: Page, simulator: Simulator): Promise<void> {
  await simulator.revokeGrants();
  await page.getByRole("button", { name: "Test connection" }).click();
  await expect(page.getByText("Needs reconnect", { exact: true }).first()).toBeVisible();
}
