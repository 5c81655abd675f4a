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

/** Headers of the demo user's session. With a session cookie, the server requires the header that browsers send from our pages. */
let session = { "sec-fetch-site": "same-origin" };

async function send(url, options = {}, expected = [200, 201]) {
  const signal = AbortSignal.timeout(TIMEOUT_MS);
  const answer = await fetch(url, { redirect: "manual", signal, ...options });
  if (!expected.includes(answer.status)) throw new Error(`${options.method ?? "GET"} ${new URL(url).pathname}: ${answer.status}`);
  return answer;
}

async function api(method, path, body) {
  const headers = { ...session, ...(body && { "content-type": "application/json" }) };
  return send(`${origin}/api/v1${path}`, { method, headers, body: body && JSON.stringify(body) });
}

async function signIn() {
  const answer = await api("POST", "/auth/login", { email, password: process.env.DEMO_PASSWORD });
  session = { ...session, cookie: answer.headers.getSetCookie().map((cookie) => cookie.split(";")[0]).join("; ") };
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
  const begun = await (await api("POST", `/integrations/organization/${salesforce.id}`)).json();
  await consent(begun.authorization_url);
  const [connection] = await connections();
  await api("PATCH", `/integrations/organization/${connection.id}`, { metadata: { poll_seconds: POLL_SECONDS } });
}

async function renew(connection) {
  const begun = await (await api("POST", `/integrations/organization/${connection.id}/reconnect`)).json();
  await consent(begun.authorization_url);
}

async function upload(file) {
  const form = new FormData();
  form.set("title", `Sample: ${basename(file).replace(/\.[a-z]+$/, "")}`);
  form.set("file", new Blob([await readFile(join(SAMPLES, file))]), file);
  await send(`${origin}/api/v1/contracts/`, { method: "POST", headers: session, body: form });
}

try {
  await signIn();
  const made = await connections();
  const contracts = await (await api("GET", "/contracts/?limit=1")).json();
  if (made.length > 0) await Promise.all(made.filter((one) => one.status !== "needs_confirmation").map(renew));
  else if (contracts.items.length === 0) {
    await connect();
    for (const file of CONTRACTS) await upload(file);
  }
} catch (error) {
  console.error(`demo: the demo organization could not be prepared: ${error.message}`);
  process.exitCode = 1;
}
