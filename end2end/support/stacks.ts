// Each Playwright worker has one stack: a server and a simulated Salesforce. Workers read the addresses of their stack from
// environment variables.

/**
 * The number of workers. Two workers use the CPU well, because tests wait for the server half of the time. If
 * END2END_DATABASE_URL is set, only one worker runs, because all servers would share that PostgreSQL database.
 */
export const WORKERS = process.env.END2END_DATABASE_URL ? 1 : 2;

/** The addresses of one server and its simulated Salesforce. Each key is the name of an environment variable. */
export interface Stack {
  LEXICONTRACT_URL: string;
  SIMULATOR_URL: string;
  SIMULATOR_SANDBOX_URL: string;
}

/** Stores the stacks in an environment variable. The global setup calls this function; the workers inherit its environment. */
export function publishStacks(stacks: Stack[]): void {
  process.env.END2END_STACKS = JSON.stringify(stacks);
}

/** Sets the environment variables for the stack of this worker. Each worker calls this function before its tests. */
export function chooseStack(): void {
  const stacks = JSON.parse(process.env.END2END_STACKS ?? "[]") as Stack[];
  Object.assign(process.env, stacks[Number(process.env.TEST_PARALLEL_INDEX ?? 0)]);
}
