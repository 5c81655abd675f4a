//! The hub: everything the product needs to act, in one cheap-to-clone value. It is the only state.

use crate::{clock::Clock, config::Config, domain::problem::Problem};

/// Database, vault, clients, files, clock and configuration.
#[derive(Clone)]
pub struct Hub {}

/// What a service returns.
pub type Result<T> = std::result::Result<T, Error>;

/// What a service can fail with. `Problem::from` gives what to tell the person, and logs the rest.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// Something a person can understand and act on.
    #[error(transparent)]
    Problem(#[from] Problem),
}

impl From<Error> for Problem {
    fn from(error: Error) -> Self {
        match error {
            Error::Problem(problem) => problem,
        }
    }
}

/// Why the product cannot start: one sentence that names the variable.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct StartError(pub String);

impl Hub {
    /// Opens database, files and clients, migrates, and seeds the catalogue.
    pub async fn open(_config: Config, _clock: Clock) -> std::result::Result<Self, StartError> {
        unimplemented!()
    }
    /// The configuration.
    pub fn config(&self) -> &Config {
        unimplemented!()
    }
    /// The clock.
    pub fn clock(&self) -> &Clock {
        unimplemented!()
    }
    /// Whether the database can be used.
    pub async fn ready(&self) -> Result<()> {
        unimplemented!()
    }
    /// Starts the background workers.
    pub fn start_workers(&self) -> Workers {
        unimplemented!()
    }
}

/// The running background workers.
pub struct Workers {}

impl Workers {
    /// Takes no new job, and waits until those under way are done, ten seconds at most.
    pub async fn stop(self) {
        unimplemented!()
    }
}
