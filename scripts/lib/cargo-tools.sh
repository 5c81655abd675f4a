# shellcheck shell=bash
# cargo-leptos and wasm-bindgen, each in exactly the version that this project was built with.

# tool_has_version PROGRAM VERSION
tool_has_version() { [[ -x $1 && $("$1" --version 2>/dev/null | cut -d ' ' -f 2) == "$2" ]]; }

# find_tool PROGRAM VERSION: the one in the shared folder, else one on PATH.
find_tool() {
    local path
    while IFS= read -r path; do
        tool_has_version "$path" "$2" && printf '%s\n' "$path" && return 0
    done < <(printf '%s\n' "$TOOLS/bin/$1" && programs "$1")
    return 1
}

# cargo_tool PROGRAM CRATE VERSION MINUTES [install options]
cargo_tool() {
    local program=$1 crate=$2 version=$3 minutes=$4
    shift 4
    if ! find_tool "$program" "$version" >/dev/null; then
        ready_made "$crate" "$version" ||
            step "Compile $crate $version, once (about $minutes minutes on two cores)" compile_tool "$crate" "$version" "$@"
    fi
    link "$program" "$(find_tool "$program" "$version")" || fail "$program $version could not be installed into $TOOLS."
    say "$program $version"
}

ready_made() {
    command -v cargo-binstall >/dev/null || return 1
    attempt "Get $1 $2 ready-made with cargo-binstall" timeout 300 cargo-binstall --no-confirm --disable-telemetry \
        --disable-strategies compile --root "$TOOLS" "$1@$2"
}

# The crates' own release profiles take twice as long, for tools that run for seconds. A fixed target folder lets an interrupted
# compilation go on where it stopped.
compile_tool() {
    local crate=$1 version=$2
    shift 2
    CARGO_PROFILE_RELEASE_LTO=off CARGO_PROFILE_RELEASE_CODEGEN_UNITS=16 CARGO_PROFILE_RELEASE_OPT_LEVEL=1 \
        CARGO_TARGET_DIR=$TOOLS/build-$crate cargo install "$crate" --version "$version" --root "$TOOLS" --no-track --force "$@"
    rm -rf "$TOOLS/build-$crate"
}

wasm_bindgen_version() { awk '/^name = "wasm-bindgen"$/ { getline; gsub(/[^0-9.]/, ""); print; exit }' "$ROOT/Cargo.lock"; }

choose_cargo_tools() {
    cargo_tool cargo-leptos cargo-leptos "$CARGO_LEPTOS_VERSION" 12 --locked
    # Not `--locked`: the lock file that this crate ships has named a crate that its registry did not have.
    cargo_tool wasm-bindgen wasm-bindgen-cli "$(wasm_bindgen_version)" 3
}
