#!/usr/bin/env bash
# Checks the Salesforce setup package without a Salesforce org. The checks are in src/connectors/salesforce/package/checks.
#
#   check-package.sh sources      Apex, Lightning web component, formatting: the files of the repository
#   check-package.sh unpacked     XML: the packages that the tests of the server have downloaded
set -euo pipefail

source "$(dirname "${BASH_SOURCE[0]}")/common.sh"
source "$ROOT/scripts/lib/environment.sh"
CHECKS=$ROOT/src/connectors/salesforce/package/checks
UNPACKED=$CARGO_TARGET_DIR/tmp/setup-package

sources() {
    node apex.mjs
    npm run --silent lint
    npm run --silent format
    npm run --silent test
}

unpacked() {
    local kind
    for kind in picklist text; do
        [[ -d $UNPACKED/$kind ]] || fail "$UNPACKED/$kind is missing: cargo test -p server --test api setup_package makes it."
        node xml.mjs "$UNPACKED/$kind"
    done
}

cd "$CHECKS"
case ${1:-} in
sources | unpacked) "$1" ;;
*) fail "usage: check-package.sh sources|unpacked" ;;
esac
