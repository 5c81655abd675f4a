//! The database: one SQL text, two engines; one table, one file.
//!
//! Every function that touches an organization's rows takes the organization and filters by it.

mod alone;
mod columns;
mod connect_error;
mod database;
mod error_text;
mod failover;
mod file_system;
mod job_listener;
mod lender;
mod pooler;
mod postgres_connect;
mod postgres_session;
mod postgres_tls;
mod query;
mod transient;

pub mod activity;
pub mod analyses;
pub mod api_tokens;
pub mod audit;
pub mod audit_chain;
pub mod claim;
pub mod connection_details;
pub mod connection_health;
pub mod connection_tests;
pub mod connections;
pub mod contract_links;
pub mod contracts;
pub mod deliveries;
pub mod disconnections;
pub mod form_posts;
pub mod housekeeping;
pub mod intake;
pub mod integrations;
pub mod invitations;
pub mod jobs;
mod json_rows;
pub mod measures;
pub mod oauth_flows;
pub mod organization_usage;
pub mod organizations;
pub mod pending_connections;
pub mod reconciliations;
pub mod revocations;
pub mod sealed;
pub mod search_keys;
pub mod server_secrets;
pub mod sessions;
pub mod standing;
pub mod token_refreshes;
pub mod users;
pub mod versions;
pub mod webhook_messages;
pub mod webhook_secrets;

pub use columns::Word;
pub use connect_error::ConnectError;
pub use database::{ChainedDb, Db, Held, ReadConnection, Tx};
pub use error_text::without_values;
pub use failover::Failover;
pub use job_listener::JobListener;
pub use postgres_session::PostgresSession;
pub use postgres_tls::{may_skip_tls, tls_advice};
pub use query::{is_about_rows, is_unique_violation};
pub use transient::is_conflict;

/// What a query returns.
pub type Result<T> = std::result::Result<T, sqlx::Error>;
