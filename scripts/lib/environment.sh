# shellcheck shell=bash
# The environment of builds and runs. Programs chosen by scripts/setup are first on PATH.

# Cargo searches $CARGO_HOME/bin for subcommands before PATH, unless PATH contains this folder. The folder is at the end of PATH,
# so that $LINKS takes precedence.
PATH=$LINKS:$PATH:${CARGO_HOME:-$HOME/.cargo}/bin
export PATH
# Scripts and documentation expect target/release/lexicontract and target/site.
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
