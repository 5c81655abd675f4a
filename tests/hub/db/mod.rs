//! Each function of each table, with the rows of two organizations.

mod rows;

pub use rows::connection;

/// `organizations`, `users`, `sessions`, `api_tokens`, `invitations`.
mod accounts;
/// Which organization gets the next analysis, and which one gives a slot back.
mod analysis_slots;
/// `organization_integrations`, `webhook_secrets`.
mod connections;
/// `contracts`, `contract_versions`, `analyses`, `activity`.
mod contracts;
/// `deliveries`.
mod deliveries;
mod details;
/// What logs say about errors.
mod error_text;
/// `connection_tests`, `disconnections`, and what the tables together say about connections.
mod health;
/// Statements whose connection ends, deadlocks and locks.
mod interruptions;
/// `jobs`.
mod jobs;
/// `contract_links`.
mod links;
/// The two migrations make the same schema, and connections have the settings they need.
mod schema;
/// `integrations`, `oauth_flows`, `revocations`, `server_secrets`, and every sealed column.
mod sealed;
/// Another organization finds and changes nothing.
mod tenants;
/// `token_refreshes`, `reconciliations`, and whether a connection works.
mod upkeep;
/// `organization_usage`.
mod usage;
