# shellcheck shell=bash
# shellcheck disable=SC2034  # Read by the scripts that source this file.
# Versions of the tools. The version of `wasm-bindgen` is read from Cargo.lock, because tool and crate must have the same version.

CARGO_LEPTOS_VERSION=0.3.11
CARGO_DENY_VERSION=0.20.2
CARGO_MACHETE_VERSION=0.9.2
# Oldest compiler that can build cargo-leptos, and the version to install with rustup if all installed ones are older.
RUST_VERSION=1.96.0
# Oldest Node.js for Tailwind and Playwright, and the version to install with npm if the installed one is older.
NODE_MINIMUM=20.11.0
NODE_VERSION=22.23.3
