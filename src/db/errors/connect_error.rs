/// Error of [`crate::db::Db::connect`].
#[derive(Debug, thiserror::Error)]
pub enum ConnectError {
    #[error(transparent)]
    Driver(#[from] sqlx::Error),
    /// The database cannot be used safely. The text contains the reason and what the operator can do.
    #[error("{0}")]
    Unsuitable(String),
}
