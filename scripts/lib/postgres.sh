#!/usr/bin/env bash
# A private PostgreSQL server for tests. It only listens on a socket in its own folder.
#
#   scripts/lib/postgres.sh start DIR    prints the URL of its maintenance database
#   scripts/lib/postgres.sh restart DIR  kills the server and starts it again with the same data
#   scripts/lib/postgres.sh stop DIR     stops the server and removes DIR

# Prints the folder of `initdb` and `pg_ctl`: from PATH, otherwise the newest installed package.
postgres_programs() {
    local found
    found=$(type -p pg_ctl || true)
    if [[ -n $found ]]; then
        found=$(readlink -f "$found")
    else
        found=$({ find /usr/lib/postgresql /usr/pgsql-* -path '*/bin/pg_ctl' 2>/dev/null || true; } | sort -rV | awk 'NR == 1')
    fi
    if [[ -n $found && -x ${found%/*}/initdb ]]; then printf '%s\n' "${found%/*}"; fi
}

# PostgreSQL refuses to run as root, so for root it runs as the user of the package.
postgres_prefix() {
    POSTGRES_PREFIX=()
    [[ $(id -u) == 0 ]] || return 0
    POSTGRES_USER=postgres
    id "$POSTGRES_USER" >/dev/null 2>&1 || POSTGRES_USER=nobody
    POSTGRES_PREFIX=(setpriv "--reuid=$POSTGRES_USER" "--regid=$(id -g "$POSTGRES_USER")" --init-groups env "HOME=$1")
}

# run_postgres FOLDER PROGRAMS
run_postgres() {
    local folder=$1 programs=$2
    # Test databases need no durability.
    "${POSTGRES_PREFIX[@]}" "$programs/pg_ctl" -D "$folder/data" -l "$folder/data/server.log" -w -t 60 \
        -o "-k $folder -c listen_addresses= -c fsync=off -c full_page_writes=off -c synchronous_commit=off -c max_connections=200" \
        start >/dev/null || { tail -n 20 "$folder/data/server.log" >&2 && return 1; }
}

start_postgres() {
    local folder=$1 programs
    programs=$(postgres_programs)
    [[ -n $programs ]] || { echo "postgres.sh: PostgreSQL's server programs are missing: run scripts/setup." >&2 && return 1; }
    # The path of a socket has at most 107 bytes. PostgreSQL's file name takes 18 of them.
    [[ $folder == /* && ${#folder} -le 88 && $folder != *[[:space:]]* ]] ||
        { echo "postgres.sh: '$folder' must be an absolute path of at most 88 characters without spaces." >&2 && return 1; }
    mkdir -p "$folder"
    postgres_prefix "$folder"
    ((!${#POSTGRES_PREFIX[@]})) || chown "$POSTGRES_USER" "$folder"
    cd "$folder"
    "${POSTGRES_PREFIX[@]}" "$programs/initdb" -D "$folder/data" -U postgres -A trust -E UTF8 --no-locale --no-sync >"$folder/initdb.log"
    run_postgres "$folder" "$programs"
    printf 'postgres://postgres@localhost/postgres?host=%s\n' "$folder"
}

restart_postgres() {
    local folder=$1 programs
    programs=$(postgres_programs)
    [[ -f $folder/data/PG_VERSION ]] || { echo "postgres.sh: there is no PostgreSQL in '$folder'." >&2 && return 1; }
    postgres_prefix "$folder"
    cd "$folder"
    "${POSTGRES_PREFIX[@]}" "$programs/pg_ctl" -D "$folder/data" -m immediate -w -t 60 stop >/dev/null
    run_postgres "$folder" "$programs"
}

stop_postgres() {
    local folder=$1
    # Only removes folders that `start_postgres` created.
    [[ -f $folder/data/PG_VERSION ]] || { echo "postgres.sh: there is no PostgreSQL in '$folder'." >&2 && return 1; }
    postgres_prefix "$folder"
    cd "$folder"
    "${POSTGRES_PREFIX[@]}" "$(postgres_programs)/pg_ctl" -D "$folder/data" -m immediate -w -t 60 stop >/dev/null || true
    cd /
    rm -rf "$folder"
}

if [[ ${BASH_SOURCE[0]} == "$0" ]]; then
    set -euo pipefail
    case "${1:-} ${2:-}" in
    "start "?*) start_postgres "$2" ;;
    "restart "?*) restart_postgres "$2" ;;
    "stop "?*) stop_postgres "$2" ;;
    *) echo "usage: scripts/lib/postgres.sh start|restart|stop DIR" >&2 && exit 2 ;;
    esac
fi
