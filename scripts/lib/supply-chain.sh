#!/usr/bin/env bash
# Checks the dependencies of the product.
#
#   supply-chain.sh licences      licences, banned crates and sources of the Rust dependencies; see deny.toml
#   supply-chain.sh advisories    known vulnerabilities of the Rust dependencies
#   supply-chain.sh npm           known vulnerabilities of the npm packages that the site is built with
#   supply-chain.sh unused        dependencies that no code uses
set -euo pipefail

source "$(dirname "${BASH_SOURCE[0]}")/common.sh"
source "$ROOT/scripts/lib/environment.sh"
cd "$ROOT"

DATABASE=https://github.com/RustSec/advisory-db
# Copy of the advisory database, for machines that cannot reach $DATABASE.
SNAPSHOT=../shared/data/advisory-db.tar.xz

licences() { cargo deny --locked check licenses bans sources; }

advisories() {
    if timeout 30 git ls-remote --exit-code "$DATABASE" HEAD >/dev/null 2>&1; then
        say "with the current advisory database"
    elif [[ -e $SNAPSHOT ]]; then
        say "with the snapshot of the advisory database that is on this machine"
        replace_database
    else
        say "SKIPPED: the advisory database $DATABASE cannot be reached"
        return
    fi
    cargo deny --locked check advisories
}

# Creates a local Git repository from the snapshot, and makes Git fetch this repository in place of the advisory database.
replace_database() {
    local repository=$CARGO_TARGET_DIR/advisory-snapshot
    rm -rf "$repository" "$CARGO_TARGET_DIR/advisory-db"
    mkdir -p "$repository"
    tar -xJf "$SNAPSHOT" -C "$repository"
    git -C "$repository" init --quiet --initial-branch=main
    git -C "$repository" add .
    git -C "$repository" -c user.name=snapshot -c user.email=snapshot@localhost commit --quiet --message="Snapshot"
    export GIT_CONFIG_COUNT=1 GIT_CONFIG_KEY_0="url.file://$repository.insteadOf" GIT_CONFIG_VALUE_0=$DATABASE
}

# `npm audit` has the same exit code for a vulnerability and for an unreachable registry. If the registry is unreachable, it
# prints no report.
npm_audit() {
    local report
    report=$(cd style && timeout 120 npm audit --omit=dev --json) || true
    if [[ $report != *'"auditReportVersion"'* ]]; then
        say "SKIPPED: the npm registry does not answer 'npm audit'"
        return
    fi
    (cd style && npm audit --omit=dev)
}

unused() { cargo machete; }

case ${1:-} in
licences | advisories | unused) "$1" ;;
npm) npm_audit ;;
*) fail "usage: supply-chain.sh licences|advisories|npm|unused" ;;
esac
