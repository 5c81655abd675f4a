//! Tests of the HTTP API and the pages as a client sees them. They use the real router and hub, and the Salesforce simulator.
#![expect(clippy::unwrap_used, reason = "a helper that fails is a failed test")]

mod support;

mod account;
mod connections;
mod contracts;
mod pages;
mod protocol;
mod security;
mod webhook;
