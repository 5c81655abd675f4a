//! Errors of services. This module does not depend on the hub, because the components that the hub owns return these errors too.

use crate::domain::problem::{Invalid, Problem};
use crate::vault::VaultError;
use crate::{connectors, db};

pub type Result<T> = std::result::Result<T, Error>;

#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// A problem that the client receives unchanged, such as invalid input.
    #[error("{}: {}", .0.title(), .0.detail())]
    Problem(Problem),
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

impl From<Problem> for Error {
    fn from(problem: Problem) -> Self {
        Self::Problem(problem)
    }
}

impl From<Invalid> for Error {
    fn from(invalid: Invalid) -> Self {
        Self::Problem(invalid.into())
    }
}

impl Error {
    /// Returns the problem for the response, which does not reveal internal causes.
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

    /// Logs the causes of an internal error, and returns the problem for the response. Must be called only once per request.
    pub fn report(self) -> Problem {
        if !matches!(self, Self::Problem(_)) {
            tracing::error!(error = chain(&self), "request failed");
        }
        self.problem()
    }
}

/// Formats an error and its causes for logs. Omits values of database rows.
pub fn chain(error: &(dyn std::error::Error + 'static)) -> String {
    let is_from_database = |error: &(dyn std::error::Error + 'static)| db::without_values(error).is_some();
    // Stops at a database error, because its text includes the causes.
    let errors = std::iter::successors(Some(error), |&error| error.source().filter(|_| !is_from_database(error)));
    let texts: Vec<String> = errors.map(|error| db::without_values(error).unwrap_or_else(|| error.to_string())).collect();
    texts.join(": ")
}
