// The servers and simulators of the workers: one stack each, found through environment variables.

/** Two, because tests wait for the server half of the time. One where all tests share the PostgreSQL database of END2END_DATABASE_URL. */
export const WORKERS = process.env.END2END_DATABASE_URL ? 1 : 2;

/** The addresses of one server and its simulated Salesforce, as environment variables. */
export interface Stack {
  LEXICONTRACT_URL: string;
  SIMULATOR_URL: string;
  SIMULATOR_SANDBOX_URL: string;
}

/** Called by the global setup, whose environment the workers inherit. */
export function publishStacks(stacks: Stack[]): void {
  process.env.END2END_STACKS = JSON.stringify(stacks);
}

/** Called in each worker before its tests. */
export function chooseStack(): void {
  const stacks = JSON.parse(process.env.END2END_STACKS ?? "[]") as Stack[];
  Object.assign(process.env, stacks[Number(process.env.TEST_PARALLEL_INDEX ?? 0)]);
}
