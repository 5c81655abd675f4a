# shellcheck shell=bash
# Chooses one Rust toolchain for server, browser, lints and tests: an installed one, otherwise from rustup, otherwise from Debian.

RUST_PROGRAMS=(rustc rustdoc cargo cargo-clippy clippy-driver cargo-fmt rustfmt)
# The package of the linker is missing here, because its name contains a version. `install_debian_linker` installs it.
DEBIAN_RUST_PACKAGES=(rustc-web cargo-web rust-web-src rust-web-llvm rust-web-clippy rustfmt-web)

rust_version() { "$1" --version 2>/dev/null | sed -n 's/^rustc \([0-9.]*\).*/\1/p'; }

# Links a small library with the options of the release build. Verifies that compiler, standard library (with the bitcode for
# link-time optimization) and linker work together.
builds_for_browsers() {
    local scratch status=0
    scratch=$(mktemp -d)
    echo '#[unsafe(no_mangle)] pub extern "C" fn probe() -> usize { std::env::args().count() }' |
        "$1" --target wasm32-unknown-unknown --crate-type cdylib -C lto=fat -o "$scratch/probe.wasm" - >/dev/null 2>&1 || status=1
    rm -rf "$scratch"
    return "$status"
}

# rust_is_new FOLDER: succeeds if the folder contains every program of the toolchain, in a supported version.
rust_is_new() {
    local program
    for program in "${RUST_PROGRAMS[@]}"; do
        [[ -x $1/$program ]] || return 1
    done
    version_at_least "$(rust_version "$1/rustc")" "$RUST_VERSION"
}

rust_is_complete() { rust_is_new "$1" && builds_for_browsers "$1/rustc"; }

# Lists the folders of all toolchains. The previously chosen toolchain comes first, because another toolchain would cause a full
# rebuild. A rustup proxy is replaced with the folder of its toolchain, because a proxy selects a toolchain on every call.
rust_folders() {
    local rustc sysroot
    {
        [[ ! -L $LINKS/rustc ]] || dirname "$(readlink "$LINKS/rustc")"
        while IFS= read -r rustc; do
            sysroot=$(RUSTUP_AUTO_INSTALL=0 "$rustc" --print sysroot 2>/dev/null) || continue
            printf '%s\n' "$sysroot/bin"
        done < <(programs rustc)
    } | awk '!seen[$0]++'
}

# Callers must not use this function in a condition, because bash would then ignore failures inside the function. For the same
# reason, the functions below do not fail if they find no toolchain, but leave RUST_FOLDER empty.
choose_rust() {
    local program
    RUST_FOLDER=
    rust_on_path
    [[ -n $RUST_FOLDER ]] || rust_of_debian
    [[ -n $RUST_FOLDER ]] || rust_from_rustup
    [[ -n $RUST_FOLDER ]] || rust_from_debian
    [[ -n $RUST_FOLDER ]] ||
        fail "Rust $RUST_VERSION or newer with clippy, rustfmt and the target wasm32-unknown-unknown is missing: install it from" \
            "https://rustup.rs (on Debian also: 'apt-get install ${DEBIAN_RUST_PACKAGES[*]}' as root) and start this script again."
    for program in "${RUST_PROGRAMS[@]}"; do
        link "$program" "$RUST_FOLDER/$program"
    done
    say "Rust $(rust_version "$RUST_FOLDER/rustc") with the browser target, in $RUST_FOLDER"
}

accept_rust() { if rust_is_complete "$1"; then RUST_FOLDER=$1; fi; }

rust_on_path() {
    local folder
    while IFS= read -r folder; do
        [[ -n $RUST_FOLDER ]] || accept_rust "$folder"
    done < <(rust_folders)
}

# Succeeds if rustup's server responds. This check avoids rustup's long timeout.
rustup_server_answers() {
    command -v curl >/dev/null || return 0
    curl -fsIL --max-time 15 -o /dev/null "${RUSTUP_DIST_SERVER:-https://static.rust-lang.org}/dist/channel-rust-$RUST_VERSION.toml.sha256"
}

rust_from_rustup() {
    command -v rustup >/dev/null || return 0
    if ! rustup_server_answers; then
        say "rustup cannot download here; looking further"
        return 0
    fi
    local toolchain active
    toolchain=$(rustup show active-toolchain 2>/dev/null | cut -d ' ' -f 1) || true
    active=$(rustup which rustc 2>/dev/null) || true
    # Older toolchains stay unchanged, because other projects may use them.
    version_at_least "$(rust_version "$active")" "$RUST_VERSION" || toolchain=$RUST_VERSION
    if attempt "Get Rust '$toolchain' with clippy, rustfmt and the browser target from rustup (up to 200 MB)" \
        timeout 900 rustup toolchain install "$toolchain" --no-self-update --profile minimal \
        --component clippy --component rustfmt --target wasm32-unknown-unknown; then
        accept_rust "$(dirname "$(rustup which --toolchain "$toolchain" rustc)")"
    fi
}

# Uses the Rust toolchain that Debian packages for building browsers (`rustc-web`), if it is already installed. The package lacks
# the standard library for WebAssembly. Adding that library is quicker than installing another toolchain, and keeps existing build
# results valid.
rust_of_debian() {
    if has_apt && is_installed rustc-web && is_installed rust-web-src && rust_is_new /usr/bin && can_be_root; then
        complete_debian_rust
    fi
}

rust_from_debian() {
    has_apt || return 0
    if can_be_root; then refresh_package_list; fi
    debian_offers_new_rust || return 0
    install_packages "Rust $RUST_VERSION or newer is missing" "${DEBIAN_RUST_PACKAGES[@]}"
    complete_debian_rust
}

complete_debian_rust() {
    install_debian_linker
    if ! builds_for_browsers /usr/bin/rustc; then
        install_packages "a C compiler is missing" gcc libc6-dev
        can_be_root || fail "the standard library for wasm32-unknown-unknown is missing: run scripts/setup once as root."
        step "Compile Rust's standard library for browsers, once (about 1 minute)" install_browser_library
    fi
    accept_rust /usr/bin
}

debian_offers_new_rust() {
    version_at_least "$(apt-cache policy rustc-web | sed -n 's/^ *Candidate: \([0-9.]*\).*/\1/p')" "$RUST_VERSION"
}

# /usr/bin/rust-lld is a link to a versioned linker such as `lld-22`. Debian only recommends the linker's package, so it may be
# missing.
install_debian_linker() {
    local linker
    linker=$(readlink /usr/bin/rust-lld || true)
    [[ -n $linker ]] || linker=lld-$(/usr/bin/rustc -vV | sed -n 's/^LLVM version: \([0-9]*\).*/\1/p')
    command -v "$linker" >/dev/null || install_packages "the linker of Rust's browser target is missing" "$(basename "$linker")"
}

install_browser_library() {
    local scratch libraries
    libraries=$(/usr/bin/rustc --print sysroot)/lib/rustlib/wasm32-unknown-unknown/lib
    scratch=$(mktemp -d)
    compile_browser_library "$scratch"
    # Removes libraries that an older compiler built, because the compiler would find and reject them.
    "${AS_ROOT[@]}" rm -rf "$libraries"
    "${AS_ROOT[@]}" mkdir -p "$libraries"
    "${AS_ROOT[@]}" cp "$scratch"/target/wasm32-unknown-unknown/release/deps/*.rlib "$libraries/"
    rm -rf "$scratch"
}

compile_browser_library() {
    mkdir "$1/src"
    touch "$1/src/lib.rs"
    printf '[package]\nname = "nothing"\nversion = "0.0.0"\nedition = "2024"\n[workspace]\n' >"$1/Cargo.toml"
    # RUSTC_BOOTSTRAP allows a stable Cargo to build the standard library. Cargo omits the bitcode unless it is requested, but the
    # link-time optimization of the release build needs it.
    (cd "$1" && env RUSTFLAGS="-C embed-bitcode=yes" RUSTC_BOOTSTRAP=1 RUSTC=/usr/bin/rustc CARGO_TARGET_DIR="$1/target" /usr/bin/cargo build --quiet \
        --release -Z build-std=std,panic_abort --target wasm32-unknown-unknown)
}
