# shellcheck shell=bash
# The build and run environment: programs chosen by scripts/setup come first on PATH.

# Cargo looks for its subcommands in its own folder first, unless that folder is on PATH; at the end of PATH it loses to $LINKS.
PATH=$LINKS:$PATH:${CARGO_HOME:-$HOME/.cargo}/bin
export PATH
# The contract names target/release/lexicontract and target/site.
export CARGO_TARGET_DIR=$ROOT/target
unset RUSTUP_TOOLCHAIN RUSTC RUSTDOC CARGO_BUILD_RUSTC CARGO_BUILD_TARGET

if [[ -L $LINKS/chromium ]]; then
    CHROMIUM_PATH=$(readlink "$LINKS/chromium")
    export CHROMIUM_PATH
fi
if [[ -L $LINKS/firefox && -x $LINKS/firefox ]]; then
    FIREFOX_PATH=$(readlink "$LINKS/firefox")
    export FIREFOX_PATH
fi
