import { spawn, type ChildProcess } from "node:child_process";
import { createWriteStream, mkdirSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";

const LOGS = join(import.meta.dirname, "..", "logs");

/** Returns a free port on the loopback interface. */
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
  /** The working directory. It must be outside of the repository, so that the program does not read a `.env` file. */
  folder: string;
}

/** Starts a program that gets only the given environment variables. Its output is written to `end2end/logs/<name>.log`. */
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

/** Waits until `address` responds with a 2xx status. Fails immediately if the program has exited. */
export async function waitUntilReady(name: string, child: ChildProcess, address: string, seconds = 60): Promise<void> {
  const until = Date.now() + seconds * 1000;
  while (Date.now() < until) {
    if (child.exitCode !== null || child.signalCode !== null || child.pid === undefined) {
      throw new Error(`${name} exited at startup; see end2end/logs/${name}.log`);
    }
    const response = await fetch(address, { signal: AbortSignal.timeout(2_000) }).catch(() => undefined);
    if (response?.ok) return;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error(`${name} did not respond at ${address} within ${seconds} seconds; see end2end/logs/${name}.log`);
}

/** Terminates a program. If it still runs after ten seconds, kills it. */
export async function stop(child: ChildProcess): Promise<void> {
  if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
  const ended = new Promise((resolve) => child.once("exit", resolve));
  const timeout = setTimeout(() => child.kill("SIGKILL"), 10_000);
  child.kill("SIGTERM");
  await ended;
  clearTimeout(timeout);
}
