# shellcheck shell=bash
# Defaults for a start without configuration: a key, a simulated Salesforce, a demo organization.

DEMO_FILE=data/demo.env
DEMO_EMAIL=demo@example.com
DEMO_NEXT=
SERVER_PROGRAM=${SERVER_PROGRAM:-target/release/lexicontract}
SIMULATOR_PROGRAM=${SIMULATOR_PROGRAM:-target/release/salesforce-simulator}
SIMULATOR_ADDR=${SIMULATOR_ADDR:-127.0.0.1:4400}
SIMULATOR_SANDBOX_ADDR=${SIMULATOR_SANDBOX_ADDR:-127.0.0.1:4401}

# demo_secret NAME COMMAND…: prints a value that the command generates at the first start. The value is stored in a file that only
# this user can read.
demo_secret() {
    local name=$1 value
    shift
    mkdir -p data
    [[ -e $DEMO_FILE ]] || install -m 600 /dev/null "$DEMO_FILE"
    value=$(sed -n "s/^$name=//p" "$DEMO_FILE" | tail -n 1)
    if [[ -z $value ]]; then
        value=$("$@")
        printf '%s=%s\n' "$name" "$value" >>"$DEMO_FILE"
    fi
    printf '%s\n' "$value"
}

# A Fernet key: 32 random bytes in URL-safe Base64.
random_key() { head -c 32 /dev/urandom | base64 -w 0 | tr '+/' '-_'; }

random_word() { od -An -N "$1" -t x1 /dev/urandom | tr -d ' \n'; }

# Exports FERNET_KEY if the configuration has none. All starts use the same key.
choose_key() {
    [[ -z $(setting FERNET_KEY)$(setting FERNET_KEY_FILE) ]] || return 0
    say "FERNET_KEY is not set: using the one kept in $DEMO_FILE"
    FERNET_KEY=$(demo_secret FERNET_KEY random_key)
    export FERNET_KEY
}

need_simulator_ports() {
    need_free_port "$SIMULATOR_ADDR" SIMULATOR_ADDR
    need_free_port "$SIMULATOR_SANDBOX_ADDR" SIMULATOR_SANDBOX_ADDR
}

# Starts the Salesforce simulator, and exports the settings that connect the product to it.
start_simulator() {
    export SALESFORCE_CLIENT_ID=demo-client SALESFORCE_CLIENT_SECRET
    SALESFORCE_CLIENT_SECRET=$(demo_secret SALESFORCE_CLIENT_SECRET random_word 32)
    export SALESFORCE_LOGIN_URL=http://$SIMULATOR_ADDR SALESFORCE_SANDBOX_LOGIN_URL=http://$SIMULATOR_SANDBOX_ADDR
    export SALESFORCE_ALLOWED_HOSTS=$SIMULATOR_ADDR,$SIMULATOR_SANDBOX_ADDR
    export PIPEDRIVE_API_URL=http://$SIMULATOR_ADDR HUBSPOT_API_URL=http://$SIMULATOR_ADDR
    start_process "$SIMULATOR_PROGRAM" --listen "$SIMULATOR_ADDR" --sandbox-listen "$SIMULATOR_SANDBOX_ADDR" \
        --client-id "$SALESFORCE_CLIENT_ID" --client-secret "$SALESFORCE_CLIENT_SECRET" \
        --redirect-uri "$PUBLIC_URL/api/v1/integrations/salesforce/callback" \
        --webhook-url "$PUBLIC_URL/api/v1/integrations/salesforce/webhook"
    wait_until_it_answers 20 "${PROCESSES[-1]}" "the Salesforce simulator" answers "$SIMULATOR_ADDR"
}

# seed_demo_organization ADDRESS PASSWORD: creates the demo organization, unless its user can already sign in. Connects it to the
# simulated Salesforce, and uploads sample contracts.
seed_demo_organization() {
    local credentials host=${1/#0.0.0.0:/127.0.0.1:}
    credentials=$(printf '{"email":"%s","password":"%s"}' "$DEMO_EMAIL" "$2")
    [[ $(http_status POST "$1" /api/v1/auth/login "$credentials") == 200 ]] || create_demo_user "$2"
    DEMO_NEXT=$(DEMO_PASSWORD=$2 node "$ROOT/scripts/lib/demo.mjs" "http://${host/#'[::]':/127.0.0.1:}" "$DEMO_EMAIL") ||
        DEMO_NEXT='Sign in, and connect Salesforce on the page Integrations.'
}

create_demo_user() {
    printf '%s\n' "$1" | "$SERVER_PROGRAM" create-user --organization "Acme Legal" --email "$DEMO_EMAIL" \
        --name "Demo Admin" --role admin >/dev/null ||
        say "The demo user could not be made; the lines above say why (perhaps its password was changed)."
}

print_demo() {
    cat <<TEXT

    Sign in     $DEMO_EMAIL
    Password    $1
    Salesforce  simulated at http://$SIMULATOR_ADDR, sandbox at http://$SIMULATOR_SANDBOX_ADDR
                (set SALESFORCE_CLIENT_ID and SALESFORCE_CLIENT_SECRET to use a real one)

    $DEMO_NEXT
TEXT
}
