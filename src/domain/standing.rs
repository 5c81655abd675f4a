//! How a connection stands: what its card and its page say beside the connection itself.

use super::{
    connection::{Connection, ConnectionTest},
    setup::{self, SetupStep, StepState},
    time::Timestamp,
};
use serde::Serialize;

/// A connection with what is known about it.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Standing {
    /// The connection.
    pub connection: Connection,
    /// Who connected it, the last time.
    pub connected_by: String,
    /// When that was.
    pub connected_at: Timestamp,
    /// When the provider last called us.
    pub last_event_at: Option<Timestamp>,
    /// When a status was last written to the provider.
    pub last_write_at: Option<Timestamp>,
    /// When what failed is tried again.
    pub next_try_at: Option<Timestamp>,
    /// The last live check.
    pub test: Option<TestRecord>,
    /// The steps of the set-up; empty where there is nothing to set up.
    pub setup: Vec<(SetupStep, StepState)>,
}

impl Standing {
    /// Whether something is left to set up.
    pub fn is_setup_incomplete(&self) -> bool {
        !setup::is_complete(&self.setup)
    }

    /// How many steps of the set-up are done.
    pub fn steps_done(&self) -> usize {
        self.setup.iter().filter(|(_, state)| *state == StepState::Done).count()
    }
}

/// A live check that was made.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct TestRecord {
    /// What it found.
    pub result: ConnectionTest,
    /// Who asked for it.
    pub tested_by: String,
    /// When.
    pub tested_at: Timestamp,
}

/// What is under way at a connection, and how far it is.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Work {
    /// Deliveries since the oldest one that is not finished.
    pub imports: i64,
    /// Of these, the finished ones.
    pub imports_done: i64,
    /// Of these, the ones that wait for a person to reconnect or resume.
    pub imports_parked: i64,
    /// Statuses on their way to the provider.
    pub writes: i64,
    /// The organization's documents that wait for their analysis, or are being analysed.
    pub analyses: i64,
}

impl Work {
    /// Whether anything is under way.
    pub fn is_any(&self) -> bool {
        self.imports > 0 || self.writes > 0 || self.analyses > 0
    }
}
