#!/usr/bin/env bash
# Prepares the demo organization of `scripts/run` with the debug programs: at a first start, again, and after a disconnect.
set -euo pipefail

source "$(dirname "${BASH_SOURCE[0]}")/common.sh"
source "$ROOT/scripts/lib/environment.sh"
source "$ROOT/scripts/lib/serve.sh"
SERVER_PROGRAM=$ROOT/target/debug/lexicontract SIMULATOR_PROGRAM=$ROOT/target/debug/salesforce-simulator
source "$ROOT/scripts/lib/demo.sh"

FOLDER=$(mktemp -d)
cd "$FOLDER"
finish() {
    local status=$?
    stop_processes
    rm -rf "$FOLDER"
    exit "$status"
}
trap finish EXIT
trap 'exit 130' INT
trap 'exit 143' TERM HUP

# free_address: prints a loopback address on which no program listens.
free_address() {
    node -e 'const server = require("net").createServer().listen(0, "127.0.0.1", () => { console.log(`127.0.0.1:${server.address().port}`); server.close(); })'
}

ADDRESS=$(free_address) SIMULATOR_ADDR=$(free_address) SIMULATOR_SANDBOX_ADDR=$(free_address)
PASSWORD=$(random_word 10)
export LEPTOS_SITE_ADDR=$ADDRESS PUBLIC_URL=http://$ADDRESS LEPTOS_SITE_ROOT=$ROOT/target/site RUST_LOG=warn MIN_FREE_DISK_BYTES=0
unset SALESFORCE_CLIENT_ID

is_ready() { [[ $(http_status GET "$ADDRESS" /readyz) == 200 ]]; }

# start EXPECTED: starts the programs and prepares the demo. Fails unless the user reads EXPECTED.
start() {
    start_simulator
    start_process "$SERVER_PROGRAM" serve
    wait_until_it_answers 60 "${PROCESSES[-1]}" "the server" is_ready
    seed_demo_organization "$ADDRESS" "$PASSWORD"
    [[ $DEMO_NEXT == *"$1"* ]] || fail "the user reads “$DEMO_NEXT” instead of “$1”."
}

# Disconnects Salesforce, as the demo user can do.
disconnect() {
    node --input-type=module - "http://$ADDRESS/api/v1" "$DEMO_EMAIL" "$PASSWORD" <<'JS'
const [api, email, password] = process.argv.slice(2);
const json = { "content-type": "application/json", "sec-fetch-site": "same-origin" };
const signedIn = await fetch(`${api}/auth/login`, { method: "POST", headers: json, body: JSON.stringify({ email, password }) });
const headers = { ...json, cookie: signedIn.headers.getSetCookie().map((cookie) => cookie.split(";")[0]).join("; ") };
const [connection] = await (await fetch(`${api}/integrations/organization`, { headers })).json();
const { status } = await fetch(`${api}/integrations/organization/${connection.id}`, { method: "DELETE", headers });
process.exitCode = status === 204 ? 0 : 1;
JS
}

choose_key
start "three sample contracts are analysed"
stop_processes
start "connected again"
disconnect
seed_demo_organization "$ADDRESS" "$PASSWORD"
[[ $DEMO_NEXT == *"not connected"* ]] || fail "the user reads “$DEMO_NEXT” after a disconnect."
say "The demo organization is prepared at each start"
