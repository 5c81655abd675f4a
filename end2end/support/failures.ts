// Helpers that make a connection fail: Salesforce is unavailable, or has revoked the access.

import { expect, type Page } from "@playwright/test";
import { opportunityWith } from "./connection.ts";
import type { Simulator } from "./simulator.ts";

/** Makes Salesforce respond only with 503, so that a delivery waits for its retry. `page` must show the connection. */
export async function degrade(page: Page, simulator: Simulator): Promise<void> {
  const opportunity = await opportunityWith(simulator, "Waiting for Salesforce", ["Waiting.pdf"]);
  await simulator.addFault({ path_contains: "/services/data", times: 1_000, status: 503, body: "Down for maintenance" });
  await simulator.setStage(opportunity, "Needs Legal Review");
  const address = `/api/v1/integrations/organization/${new URL(page.url()).pathname.split("/").pop()}`;
  await expect.poll(async () => ((await (await page.request.get(address)).json()) as { status: string }).status).toBe("degraded");
}

/** Revokes the access at Salesforce, and tests the connection to detect the revocation. `page` must show the connection. */
export async function loseAccess(page: Page, simulator: Simulator): Promise<void> {
  await simulator.revokeGrants();
  await page.getByRole("button", { name: "Test connection" }).click();
  await expect(page.getByText("Needs reconnect", { exact: true }).first()).toBeVisible();
}
