# shellcheck shell=bash
# Starts, watches and stops the processes of the product, and reads their settings.

PROCESSES=()

# setting NAME: prints the value from the environment, otherwise from `.env`, otherwise nothing.
setting() {
    if [[ -n ${!1:-} ]]; then
        printf '%s\n' "${!1}"
    elif [[ -f .env ]]; then
        sed -nE "s/^[[:space:]]*(export[[:space:]]+)?$1[[:space:]]*=[[:space:]]*//p" .env | tail -n 1 |
            sed -E "s/^\"([^\"]*)\".*/\\1/; t; s/^'([^']*)'.*/\\1/; t; s/[[:space:]]+(#.*)?\$//"
    fi
}

# Succeeds if a server listens on HOST:PORT. For a wildcard address, connects to loopback.
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

# start_process COMMAND…: starts a process in the background. `stop_processes` stops it.
start_process() {
    "$@" </dev/null &
    PROCESSES+=($!)
}

# wait_until_it_answers SECONDS PROCESS WHAT COMMAND…: waits until the command succeeds. Fails immediately if the process has ended.
wait_until_it_answers() {
    local until=$((SECONDS + $1)) process=$2 what=$3
    shift 3
    until "$@"; do
        kill -0 "$process" 2>/dev/null || fail "$what ended at its start; its last lines above say why."
        ((SECONDS < until)) || fail "$what did not become ready in time; its last lines above may say why."
        sleep 0.2
    done
}

# Terminates all processes, and kills those that are still running after 15 seconds.
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
