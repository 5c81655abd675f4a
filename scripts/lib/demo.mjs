// Prepares the demo organization: connects the simulated Salesforce, turns on frequent polling, and uploads sample contracts. At
// later starts, the script only renews the connection, because the simulator forgets its grants when it stops.
//
//   node scripts/lib/demo.mjs ORIGIN EMAIL      (the password is read from the environment variable DEMO_PASSWORD)

import { readFile } from "node:fs/promises";
import { basename, join } from "node:path";

const [origin, email] = process.argv.slice(2);
const SAMPLES = join(import.meta.dirname, "../../end2end/salesforce/seed");
const CONTRACTS = ["Master Services Agreement.docx", "Mutual Non-Disclosure Agreement.docx", "Order Form.pdf"];
const POLL_SECONDS = 30;
const TIMEOUT_MS = 30_000;
const MOVE = 'Open the simulated Salesforce and move a deal to "Needs Legal Review": its contract appears under Contracts.';

/** Headers of the demo user's session. With a session cookie, the server requires the header that browsers send from our pages. */
let session = { "sec-fetch-site": "same-origin" };

async function send(url, options = {}, expected = [200, 201]) {
  const signal = AbortSignal.timeout(TIMEOUT_MS);
  const response = await fetch(url, { redirect: "manual", signal, ...options });
  if (!expected.includes(response.status)) throw new Error(`${options.method ?? "GET"} ${new URL(url).pathname}: ${response.status}`);
  return response;
}

async function api(method, path, body) {
  const headers = { ...session, ...(body && { "content-type": "application/json" }) };
  return send(`${origin}/api/v1${path}`, { method, headers, body: body && JSON.stringify(body) });
}

async function signIn() {
  const response = await api("POST", "/auth/login", { email, password: process.env.DEMO_PASSWORD });
  session = { ...session, cookie: response.headers.getSetCookie().map((cookie) => cookie.split(";")[0]).join("; ") };
}

/** Allows access on the simulator's consent page, as the user of the simulated org. */
async function consent(authorizationUrl) {
  const url = new URL(authorizationUrl);
  const form = new URLSearchParams(url.searchParams);
  form.set("decision", "allow");
  const allowed = await send(`${url.origin}${url.pathname}`, { method: "POST", body: form }, [302, 303]);
  const callback = new URL(allowed.headers.get("location"));
  const connected = await send(`${origin}${callback.pathname}${callback.search}`, { headers: session }, [303]);
  const location = connected.headers.get("location");
  if (location !== "/integrations?connected=salesforce") throw new Error(`the connection was not made: ${location}`);
}

async function connections() {
  const found = await (await api("GET", "/integrations/organization")).json();
  return found.filter((connection) => connection.integration.slug === "salesforce");
}

async function connect() {
  const catalogue = await (await api("GET", "/integrations/")).json();
  const salesforce = catalogue.find((integration) => integration.slug === "salesforce");
  const authorization = await (await api("POST", `/integrations/organization/${salesforce.id}`)).json();
  await consent(authorization.authorization_url);
  const [connection] = await connections();
  await api("PATCH", `/integrations/organization/${connection.id}`, { metadata: { poll_seconds: POLL_SECONDS } });
}

async function reconnect(connection) {
  const authorization = await (await api("POST", `/integrations/organization/${connection.id}/reconnect`)).json();
  await consent(authorization.authorization_url);
}

async function contracts() {
  return (await (await api("GET", "/contracts/?limit=100")).json()).items;
}

async function upload(file) {
  const form = new FormData();
  form.set("title", `Sample: ${basename(file).replace(/\.[a-z]+$/, "")}`);
  form.set("file", new Blob([await readFile(join(SAMPLES, file))]), file);
  await send(`${origin}/api/v1/contracts/`, { method: "POST", headers: session, body: form });
}

/** Waits until no analysis of a sample is queued or running. */
async function waitForAnalyses() {
  const until = Date.now() + TIMEOUT_MS;
  for (const { id } of await contracts()) {
    const waits = async () => {
      const contract = await (await api("GET", `/contracts/${id}`)).json();
      return contract.versions.some(({ analysis }) => ["queued", "running"].includes(analysis.status));
    };
    while (await waits()) {
      if (Date.now() > until) throw new Error("the analysis of the sample contracts is not complete");
      await new Promise((resolve) => setTimeout(resolve, 200));
    }
  }
}

/** Returns what the user can do next. */
async function prepare() {
  const existing = await connections();
  if (existing.length > 0) {
    await Promise.all(existing.filter((connection) => connection.status !== "needs_confirmation").map(reconnect));
    return `Salesforce is connected again, and polled. ${MOVE}`;
  }
  if ((await contracts()).length > 0) return "Salesforce is not connected. Connect it on the page Integrations.";
  for (const file of CONTRACTS) await upload(file);
  await waitForAnalyses();
  await connect();
  return `Salesforce is connected and polled every ${POLL_SECONDS} seconds, and three sample contracts are analysed. ${MOVE}`;
}

try {
  await signIn();
  console.log(await prepare());
} catch (error) {
  console.error(`demo: the demo organization could not be prepared: ${error.message}`);
  process.exitCode = 1;
}
