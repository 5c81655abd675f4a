//! The database layer for SQLite and PostgreSQL. Each table has its own file, and most SQL is identical for both engines.
//!
//! A function that accesses the rows of one organization takes the organization's id and filters by it.

pub mod account;
pub mod audit;
pub mod auth;
pub mod connections;
pub mod contracts;
pub mod deliveries;
pub mod engine;
pub mod erasures;
pub mod errors;
pub mod housekeeping;
pub mod jobs;
pub mod metrics;
pub mod postgres;

pub use engine::database::{ChainedDb, Db, Inner, ReadConnection, Tx};
pub use engine::query::{is_row_error, is_unique_violation};
pub use errors::connect_error::ConnectError;
pub use errors::error_text::without_values;
pub use errors::transient::is_conflict;
pub use jobs::listener::JobListener;
pub use postgres::failover::Failover;
pub use postgres::session::PostgresSession;
pub use postgres::tls::{may_skip_tls, tls_advice};

pub(crate) use engine::query::{insert, params, query_locked};

pub type Result<T> = std::result::Result<T, sqlx::Error>;
