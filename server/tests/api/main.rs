//! The HTTP API as a caller meets it: the real router, the real hub on SQLite in a temporary folder, and the simulator where
//! Salesforce is needed.
#![expect(clippy::unwrap_used, reason = "a helper that fails is a failed test")]

mod alone;
mod call;
#[path = "../../../tests/hub/databases.rs"]
mod databases;
mod salesforce;
mod server;

mod access;
mod accounts;
mod audit;
mod by_opportunity;
mod comparison;
mod confirming;
mod cookies;
mod documents;
mod form_posts;
mod hardening;
mod headers;
mod health;
mod isolation;
mod leaks;
mod lists;
mod methods;
mod openapi;
mod organization;
mod outgoing;
mod pasted_secret;
mod quotas;
mod rate_limits;
mod records;
mod scanning;
mod settings;
mod setup_package;
mod sign_in_memory;
mod signatures;
mod sockets;
mod walls;
mod webhook;
mod webhook_address;
mod withheld;
