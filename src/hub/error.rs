//! Errors of services. They are in a separate module, because the components that the hub owns return them too and must not
//! depend on the hub.

use crate::{
    connectors, db,
    domain::problem::{Invalid, Problem},
    vault::VaultError,
};

pub type Result<T> = std::result::Result<T, Error>;

/// The error type that services return. [`Error::report`] converts it to the [`Problem`] for a response.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// A problem that is returned to the client as it is, such as invalid input.
    #[error(transparent)]
    Problem(#[from] Problem),
    #[error("could not use the database")]
    Database(#[from] sqlx::Error),
    #[error("could not open a stored credential")]
    Vault(#[from] VaultError),
    #[error("could not finish a call of the provider")]
    Connector(#[from] connectors::Error),
    #[error("could not use the file storage")]
    Storage(#[from] object_store::Error),
    #[error("found a row that makes no sense: {0}")]
    Inconsistent(&'static str),
}

impl From<Invalid> for Error {
    fn from(invalid: Invalid) -> Self {
        Self::Problem(invalid.into())
    }
}

impl Error {
    /// The problem that the user sees. It does not reveal internal causes.
    pub fn problem(&self) -> Problem {
        match self {
            Self::Problem(problem) => problem.clone(),
            Self::Database(_) | Self::Storage(_) => Problem::Unavailable,
            Self::Connector(error) => match error.kind {
                connectors::Kind::GrantDead => Problem::NeedsReconnect,
                _ => Problem::ProviderUnavailable(error.terms, error.user_message()),
            },
            Self::Vault(_) | Self::Inconsistent(_) => Problem::Internal,
        }
    }

    /// Logs the causes if the error is internal, and returns the problem for the response. Call it once per request, so that each
    /// error is logged once.
    pub fn report(self) -> Problem {
        if !matches!(self, Self::Problem(_)) {
            tracing::error!(error = chain(&self), "request failed");
        }
        self.problem()
    }
}

/// Formats an error and its causes for logs. Values of database rows are left out.
pub fn chain(error: &(dyn std::error::Error + 'static)) -> String {
    let is_from_database = |error: &(dyn std::error::Error + 'static)| db::without_values(error).is_some();
    // The text of a database error already includes its causes, so the chain ends there.
    let errors = std::iter::successors(Some(error), |&error| error.source().filter(|_| !is_from_database(error)));
    let texts: Vec<String> = errors.map(|error| db::without_values(error).unwrap_or_else(|| error.to_string())).collect();
    texts.join(": ")
}
