// WebAssembly that comes late: the page works meanwhile, and says nothing that is wrong.

import { connectWithWebhook, openConnection, opportunityWith } from "../support/connection.ts";
import { hold } from "../support/gate.ts";
import { expect, signedIn as test } from "../support/test.ts";

const WASM = "**/*.wasm";

test.skip(({ isLive }) => !isLive, "without JavaScript nobody asks for it");
// Held requests bypass the cache, and Chromium reports a transition between pages whose style sheet comes late as an error.
test.use({ contextOptions: { reducedMotion: "reduce" } });

test("until it comes, the page works; from then on it is live", async ({ page, simulator }) => {
  await connectWithWebhook(page, simulator);
  const opportunity = await opportunityWith(simulator, "Slow deal", ["Slow.pdf"]);
  const release = await hold(page, WASM);
  await openConnection(page);
  await page.getByRole("button", { name: "Test connection" }).click();
  await expect(page.getByText("Everything is in order.")).toBeVisible();
  await expect(page.getByRole("button", { name: "Copy" })).toHaveCount(0);
  await expect(page.getByText("Not up to date")).toHaveCount(0);
  await simulator.setStage(opportunity, "Needs Legal Review");
  release();
  await expect(page.getByRole("link", { name: "Open contract" })).toBeVisible();
  await expect(page.getByRole("button", { name: "Copy" }).first()).toBeVisible();
});
