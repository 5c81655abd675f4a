//! Tests of the HTTP API from the view of a client. They use the real router and hub, SQLite in a temporary folder, and the
//! Salesforce simulator.
#![expect(clippy::unwrap_used, reason = "a helper that fails is a failed test")]

#[path = "../../../tests/hub/databases.rs"]
mod databases;
mod support;

mod account;
mod connections;
mod contracts;
mod protocol;
mod security;
mod webhook;
