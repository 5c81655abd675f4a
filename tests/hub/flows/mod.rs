//! Tests of the services with a simulated Salesforce. The hub has no workers, so the tests run jobs explicitly.

mod account;
mod auth;
pub(crate) mod connections;
mod contracts;
mod deliveries;
mod operations;
