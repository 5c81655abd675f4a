/// Reason for the failure of [`crate::db::Db::connect`].
#[derive(Debug, thiserror::Error)]
pub enum ConnectError {
    /// The address cannot be parsed, or the connection failed.
    #[error(transparent)]
    Driver(#[from] sqlx::Error),
    /// The database responds, but cannot be used safely. The text contains the reason and what to change.
    #[error("{0}")]
    Unsuitable(String),
}
