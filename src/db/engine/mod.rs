pub(crate) mod columns;
pub(crate) mod database;
pub(crate) mod file_system;
pub(crate) mod instance_lock;
pub(crate) mod json_rows;
pub(crate) mod query;
pub(crate) mod read_pool;
pub(crate) mod remains;

use std::time::Duration;

/// Time limit for acquiring a connection to SQLite or PostgreSQL.
pub(crate) const ACQUIRE_TIMEOUT: Duration = Duration::from_secs(5);
