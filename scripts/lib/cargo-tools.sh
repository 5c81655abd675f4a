# shellcheck shell=bash
# Tools that are published as crates. Each tool has a fixed version and is compiled from source with its lock file, because
# prebuilt programs have no signatures that could be verified.

# tool_has_version PROGRAM VERSION
tool_has_version() { [[ -x $1 && $("$1" --version 2>/dev/null | cut -d ' ' -f 2) == "$2" ]]; }

# find_tool PROGRAM VERSION: finds the program in the shared folder, otherwise on PATH.
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
        step "Compile $crate $version, once (about $minutes minutes on two cores)" compile_tool "$crate" "$version" "$@"
    fi
    link "$program" "$(find_tool "$program" "$version")" || fail "$program $version could not be installed into $TOOLS."
    say "$program $version"
}

# Overrides the release profiles of the crates, which would double the compile time. The target folder is fixed, so that an
# interrupted compilation can continue.
compile_tool() {
    local crate=$1 version=$2
    shift 2
    export CARGO_PROFILE_RELEASE_LTO=off CARGO_PROFILE_RELEASE_CODEGEN_UNITS=16 CARGO_PROFILE_RELEASE_OPT_LEVEL=1
    local install=(cargo install "$crate" --version "$version" --root "$TOOLS" --no-track --force "$@")
    # If the build with the lock file fails, for example because of a yanked dependency, compiles without the lock file. The
    # version of the crate stays the same.
    CARGO_TARGET_DIR=$TOOLS/build-$crate "${install[@]}" --locked || {
        say "the lock file of $crate $version cannot be used, so its dependencies are the newest that fit"
        CARGO_TARGET_DIR=$TOOLS/build-$crate "${install[@]}"
    }
    rm -rf "$TOOLS/build-$crate"
}

wasm_bindgen_version() { awk '/^name = "wasm-bindgen"$/ { getline; gsub(/[^0-9.]/, ""); print; exit }' "$ROOT/Cargo.lock"; }

choose_cargo_tools() {
    cargo_tool cargo-leptos cargo-leptos "$CARGO_LEPTOS_VERSION" 12
    cargo_tool wasm-bindgen wasm-bindgen-cli "$(wasm_bindgen_version)" 3
}

# Tools that only the checks need.
choose_check_tools() {
    cargo_tool cargo-deny cargo-deny "$CARGO_DENY_VERSION" 6 --no-default-features
    cargo_tool cargo-machete cargo-machete "$CARGO_MACHETE_VERSION" 1
}
