# shellcheck shell=bash
# shellcheck disable=SC2034  # Read by the scripts that source this file.
# The versions of the tools, in one place. `wasm-bindgen` is not here: it is read from Cargo.lock, because it must equal the crate.

CARGO_LEPTOS_VERSION=0.3.11
CARGO_DENY_VERSION=0.20.2
CARGO_MACHETE_VERSION=0.9.2
# The oldest compiler that builds cargo-leptos, and the one that rustup is asked for when it has none so new.
RUST_VERSION=1.96.0
# The oldest Node.js that Tailwind and Playwright run on, and the one taken from the npm registry when there is none so new.
NODE_MINIMUM=20.11.0
NODE_VERSION=22.23.3
