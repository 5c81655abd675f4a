// Starting, awaiting and stopping the programs under test.

import { spawn, type ChildProcess } from "node:child_process";
import { createWriteStream, mkdirSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";

const LOGS = join(import.meta.dirname, "..", "logs");

/** A port of the loopback address that nobody listens on now. */
export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const address = server.address();
      const port = typeof address === "object" && address ? address.port : 0;
      server.close(() => resolve(port));
    });
  });
}

export interface Program {
  name: string;
  command: string;
  arguments: string[];
  environment: Record<string, string>;
  /** Where it runs: away from the repository, so that no developer's `.env` is read. */
  folder: string;
}

/** Starts a program with this environment and no other; what it prints goes to `end2end/logs/<name>.log`. */
export function start(program: Program): ChildProcess {
  mkdirSync(LOGS, { recursive: true });
  const log = createWriteStream(join(LOGS, `${program.name}.log`));
  const child = spawn(program.command, program.arguments, {
    cwd: program.folder,
    env: { PATH: process.env.PATH ?? "", ...program.environment },
    stdio: ["ignore", "pipe", "pipe"],
  });
  child.stdout?.pipe(log, { end: false });
  child.stderr?.pipe(log, { end: false });
  child.once("error", (error) => log.write(`${error}\n`));
  return child;
}

/** Waits until the address answers 2xx; fails at once when the program has ended. */
export async function waitUntilReady(name: string, child: ChildProcess, address: string, seconds = 60): Promise<void> {
  const until = Date.now() + seconds * 1000;
  while (Date.now() < until) {
    if (child.exitCode !== null || child.signalCode !== null || child.pid === undefined) {
      throw new Error(`${name} ended at its start; end2end/logs/${name}.log says why`);
    }
    const answer = await fetch(address, { signal: AbortSignal.timeout(2_000) }).catch(() => undefined);
    if (answer?.ok) return;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error(`${name} did not answer at ${address} within ${seconds} seconds; see end2end/logs/${name}.log`);
}

/** Asks a program to end, and ends it when it has not after ten seconds. */
export async function stop(child: ChildProcess): Promise<void> {
  if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
  const ended = new Promise((resolve) => child.once("exit", resolve));
  const impatience = setTimeout(() => child.kill("SIGKILL"), 10_000);
  child.kill("SIGTERM");
  await ended;
  clearTimeout(impatience);
}
