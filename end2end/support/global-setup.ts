// Starts a server with an empty database and a simulated Salesforce for each Playwright worker, on free ports.

import { randomBytes } from "node:crypto";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { freePort, start, stop, waitUntilReady } from "./processes.ts";
import { publishStacks, type Stack, WORKERS } from "./stacks.ts";

const ROOT = resolve(import.meta.dirname, "..", "..");
// `scripts/test` chooses the debug build, which it has built for the other tests already.
const PROGRAMS = join(ROOT, process.env.END2END_PROGRAMS ?? "target/release");
const CLIENT = { id: "end2end-client", secret: randomBytes(24).toString("hex") };

export default async function globalSetup(): Promise<() => Promise<void>> {
  for (const program of ["lexicontract", "salesforce-simulator"]) {
    if (!existsSync(join(PROGRAMS, program))) throw new Error(`${join(PROGRAMS, program)} is missing: run scripts/build first`);
  }
  const started = await Promise.allSettled(Array.from({ length: WORKERS }, startStack));
  const running = started.flatMap((one) => (one.status === "fulfilled" ? [one.value] : []));
  const teardown = async () => void (await Promise.all(running.map((one) => one.teardown())));
  const failed = started.find((one) => one.status === "rejected");
  if (failed) {
    await teardown();
    throw failed.reason;
  }
  publishStacks(running.map((one) => one.stack));
  return teardown;
}

async function startStack(): Promise<{ stack: Stack; teardown: () => Promise<void> }> {
  const folder = mkdtempSync(join(tmpdir(), "lexicontract-end2end-"));
  const [web, salesforce, sandbox] = [await freePort(), await freePort(), await freePort()].map((port) => `127.0.0.1:${port}`);
  const simulator = startSimulator(folder, `http://${web}`, salesforce!, sandbox!);
  const server = startServer(folder, web!, salesforce!, sandbox!);
  const teardown = async () => {
    await Promise.all([stop(server), stop(simulator)]);
    rmSync(folder, { recursive: true, force: true });
  };
  try {
    await waitUntilReady("salesforce-simulator", simulator, `http://${salesforce}/control/state`);
    await waitUntilReady("lexicontract", server, `http://${web}/readyz`);
  } catch (error) {
    await teardown();
    throw error;
  }
  const stack = {
    LEXICONTRACT_URL: `http://${web}`,
    SIMULATOR_URL: `http://${salesforce}`,
    SIMULATOR_SANDBOX_URL: `http://${sandbox}`,
  };
  return { stack, teardown };
}

function startSimulator(folder: string, publicUrl: string, salesforce: string, sandbox: string) {
  const integration = `${publicUrl}/api/v1/integrations/salesforce`;
  return start({
    name: "salesforce-simulator",
    command: join(PROGRAMS, "salesforce-simulator"),
    arguments: [
      ...["--listen", salesforce, "--sandbox-listen", sandbox],
      ...["--client-id", CLIENT.id, "--client-secret", CLIENT.secret],
      ...["--redirect-uri", `${integration}/callback`, "--webhook-url", `${integration}/webhook`],
    ],
    environment: {},
    folder,
  });
}

function startServer(folder: string, web: string, salesforce: string, sandbox: string) {
  return start({
    name: "lexicontract",
    command: join(PROGRAMS, "lexicontract"),
    arguments: ["serve"],
    environment: {
      LEPTOS_SITE_ADDR: web,
      LEPTOS_SITE_ROOT: join(ROOT, "target", "site"),
      PUBLIC_URL: `http://${web}`,
      // To test with PostgreSQL, set END2END_DATABASE_URL=postgres://…
      DATABASE_URL: process.env.END2END_DATABASE_URL ?? `sqlite://${join(folder, "end2end.db")}`,
      STORAGE_URL: `file://${join(folder, "files")}`,
      FERNET_KEY: `${randomBytes(32).toString("base64url")}=`,
      SALESFORCE_CLIENT_ID: CLIENT.id,
      SALESFORCE_CLIENT_SECRET: CLIENT.secret,
      SALESFORCE_LOGIN_URL: `http://${salesforce}`,
      SALESFORCE_SANDBOX_LOGIN_URL: `http://${sandbox}`,
      SALESFORCE_ALLOWED_HOSTS: `${salesforce},${sandbox}`,
      PIPEDRIVE_API_URL: `http://${salesforce}`,
      HUBSPOT_API_URL: `http://${salesforce}`,
      // All tests have the same client address, so rate limits must be off.
      RATE_LIMIT_FACTOR: "0",
      // Tests must also run on a disk that is nearly full.
      MIN_FREE_DISK_BYTES: "0",
      RUST_LOG: "info",
    },
    folder,
  });
}
