//! The database: one SQL text, two engines; one table, one file.
//!
//! Every function that touches an organization's rows takes the organization and filters by it.

pub mod account;
pub mod audit;
pub mod auth;
pub mod connections;
pub mod contracts;
pub mod deliveries;
pub mod engine;
pub mod errors;
pub mod housekeeping;
pub mod jobs;
pub mod metrics;
pub mod postgres;

pub use engine::columns::Word;
pub use engine::database::{ChainedDb, Db, Held, ReadConnection, Tx};
pub use engine::query::{is_about_rows, is_unique_violation};
pub use errors::connect_error::ConnectError;
pub use errors::error_text::without_values;
pub use errors::transient::is_conflict;
pub use jobs::listener::JobListener;
pub use postgres::failover::Failover;
pub use postgres::session::PostgresSession;
pub use postgres::tls::{may_skip_tls, tls_advice};

/// What a query returns.
pub type Result<T> = std::result::Result<T, sqlx::Error>;
