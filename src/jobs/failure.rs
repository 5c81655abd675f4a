//! A job that did not work, and what to do about it: decided where the cause is known.

use crate::{
    connectors::{self, Retry},
    domain::{problem::Problem, time::Timestamp},
    hub::{self, chain},
};
use std::time::Duration;

/// What to do about a job that did not work.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Decision {
    /// Try again, not before this long when it is given.
    Retry(Option<Duration>),
    /// Not tried: nothing of the connection may call until then. The attempt does not count.
    Postpone(Timestamp),
    /// Wait until a person acts on the connection.
    Park,
    /// Give up.
    Fail,
    /// Someone else has the job. Touch nothing.
    ClaimLost,
}

/// Why a job did not work.
#[derive(Debug)]
pub struct JobError {
    /// What to do about it.
    pub decision: Decision,
    /// What happened and what to do next, for people.
    pub sentence: String,
    /// Its stable code, for programs, where it has one.
    pub code: Option<&'static str>,
    /// The causes, for the log.
    pub cause: String,
    /// Whether a limit refused it, so that certainly nothing was stored.
    pub is_refused: bool,
}

impl JobError {
    /// Give up, because trying again cannot help.
    pub fn fail(sentence: impl Into<String>) -> Self {
        Self::new(Decision::Fail, sentence)
    }

    /// Wait until a person acts on the connection.
    pub fn park(sentence: impl Into<String>) -> Self {
        Self::new(Decision::Park, sentence)
    }

    /// Do not try before then, and do not count it.
    pub fn postpone(until: Timestamp, sentence: impl Into<String>) -> Self {
        Self::new(Decision::Postpone(until), sentence)
    }

    /// Try again.
    pub fn retry(sentence: impl Into<String>) -> Self {
        Self::new(Decision::Retry(None), sentence)
    }

    /// The lease ended, and someone else has the job.
    pub fn claim_lost() -> Self {
        Self::new(Decision::ClaimLost, "another worker took over")
    }

    /// The same, with its stable code.
    pub fn coded(self, code: &'static str) -> Self {
        Self { code: Some(code), ..self }
    }

    fn new(decision: Decision, sentence: impl Into<String>) -> Self {
        let sentence = sentence.into();
        Self { decision, cause: sentence.clone(), sentence, code: None, is_refused: false }
    }
}

const OURS: &str = "Something went wrong on our side. It is logged, and we try again by ourselves.";

impl From<connectors::Error> for JobError {
    fn from(error: connectors::Error) -> Self {
        let decision = match error.retry() {
            Retry::Later(not_before) => Decision::Retry(not_before),
            Retry::AfterReconnect => Decision::Park,
            Retry::Never => Decision::Fail,
        };
        Self { decision, sentence: error.sentence(), code: None, cause: chain(&error), is_refused: false }
    }
}

impl From<hub::Error> for JobError {
    fn from(error: hub::Error) -> Self {
        match error {
            hub::Error::Connector(error) => error.into(),
            hub::Error::Problem(Problem::NeedsReconnect) => Self::park(Problem::NeedsReconnect.detail()),
            hub::Error::Problem(problem @ (Problem::QuotaExceeded(_) | Problem::StorageFull)) => {
                Self { is_refused: true, ..Self::retry(problem.detail()) }
            }
            error => Self { cause: chain(&error), ..Self::retry(OURS) },
        }
    }
}

impl From<sqlx::Error> for JobError {
    fn from(error: sqlx::Error) -> Self {
        hub::Error::from(error).into()
    }
}

impl From<object_store::Error> for JobError {
    fn from(error: object_store::Error) -> Self {
        hub::Error::from(error).into()
    }
}
