//! Why a database cannot be used.

/// Why [`crate::db::Db::connect`] failed.
#[derive(Debug, thiserror::Error)]
pub enum ConnectError {
    /// The address cannot be parsed, or the connection failed.
    #[error(transparent)]
    Driver(#[from] sqlx::Error),
    /// The database answers but cannot be used safely. The text says why and what to change.
    #[error("{0}")]
    Unsuitable(String),
}
