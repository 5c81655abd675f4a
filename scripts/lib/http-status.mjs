// Prints the status of one HTTP request, or 000 without a response. Replaces curl, which some machines do not have.
//
//   node scripts/lib/http-status.mjs METHOD HOST:PORT PATH [JSON]

const [method, address, path, body] = process.argv.slice(2);
const host = address.replace(/^(0\.0\.0\.0|\[::\]):/, "127.0.0.1:");
const headers = body ? { "content-type": "application/json" } : {};

try {
  const signal = AbortSignal.timeout(10_000);
  const answer = await fetch(`http://${host}${path}`, { method, headers, body, redirect: "manual", signal });
  console.log(answer.status);
} catch {
  console.log("000");
}
