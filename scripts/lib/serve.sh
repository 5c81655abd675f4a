# shellcheck shell=bash
# Starting, watching and stopping the product's processes, and the settings that decide how.

PROCESSES=()

# setting NAME: its value as the server will see it, from the environment or else from `.env`; empty when neither has it.
setting() {
    if [[ -n ${!1:-} ]]; then
        printf '%s\n' "${!1}"
    elif [[ -f .env ]]; then
        sed -nE "s/^[[:space:]]*(export[[:space:]]+)?$1[[:space:]]*=[[:space:]]*//p" .env | tail -n 1 |
            sed -E "s/^\"([^\"]*)\".*/\\1/; t; s/^'([^']*)'.*/\\1/; t; s/[[:space:]]+(#.*)?\$//"
    fi
}

# Does anything answer at HOST:PORT? A server on every address is asked by loopback.
answers() {
    local host=${1%:*} port=${1##*:}
    case $host in 0.0.0.0 | '[::]') host=127.0.0.1 ;; esac
    host=${host#[}
    (exec 3<>"/dev/tcp/${host%]}/$port") 2>/dev/null
}

# need_free_port ADDRESS VARIABLE
need_free_port() {
    ! answers "$1" || fail "another program listens on $1 already: stop it, or set $2 to another address."
}

http_status() { node "$ROOT/scripts/lib/http-status.mjs" "$@"; }

# start_process COMMAND…: in the background, remembered for `stop_processes`.
start_process() {
    "$@" </dev/null &
    PROCESSES+=($!)
}

# wait_until_it_answers SECONDS PROCESS WHAT COMMAND…: until the command succeeds; fails at once when the process has ended.
wait_until_it_answers() {
    local until=$((SECONDS + $1)) process=$2 what=$3
    shift 3
    until "$@"; do
        kill -0 "$process" 2>/dev/null || fail "$what ended at its start; its last lines above say why."
        ((SECONDS < until)) || fail "$what did not become ready in time; its last lines above may say why."
        sleep 0.2
    done
}

# Asks every process to end, gives them 15 seconds together, and ends what is left.
stop_processes() {
    local process until=$((SECONDS + 15))
    ((${#PROCESSES[@]})) || return 0
    kill -TERM "${PROCESSES[@]}" 2>/dev/null || true
    for process in "${PROCESSES[@]}"; do
        while kill -0 "$process" 2>/dev/null && ((SECONDS < until)); do sleep 0.1; done
        kill -KILL "$process" 2>/dev/null || true
        wait "$process" 2>/dev/null || true
    done
    PROCESSES=()
}
