//! Tests of the database functions on SQLite and PostgreSQL.

mod rows;

pub use rows::connection;

mod accounts;
mod analysis_slots;
mod attention;
mod connections;
mod contracts;
mod deliveries;
mod details;
mod error_text;
mod filings;
mod health;
mod interruptions;
mod jobs;
mod links;
mod schedules;
mod schema;
mod sealed;
mod tenants;
mod usage;
