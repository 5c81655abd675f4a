//! Failed attempts of jobs. The code that detects a failure also chooses the [`FailureAction`], because it knows the cause.

use crate::{
    connectors::{self, Retry},
    domain::{problem::Problem, time::Timestamp},
    hub::{self, chain},
};
use std::time::Duration;

/// The result of one attempt to run a job.
pub type JobResult<T = ()> = std::result::Result<T, JobError>;

/// The action that a failed attempt requests. The final `JobOutcome` can differ: for example, a retry becomes a dead letter if no
/// attempt is left.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FailureAction {
    /// Retry with backoff. If a delay is given, the retry happens no earlier than that.
    Retry(Option<Duration>),
    /// Run again at this time. Nothing was tried, so the attempt does not count.
    Postpone(Timestamp),
    /// Wait until a user repairs the connection.
    Park,
    /// Move the job to the dead letters.
    Fail,
    /// Another worker owns the job now, so this worker leaves the job unchanged.
    ClaimLost,
}

impl FailureAction {
    /// The value of the label in the metric of job failures.
    pub(super) fn as_str(self) -> &'static str {
        match self {
            Self::Retry(_) => "retry",
            Self::Postpone(_) => "postpone",
            Self::Park => "park",
            Self::Fail => "fail",
            Self::ClaimLost => "claim_lost",
        }
    }
}

/// The error of a failed attempt.
#[derive(Debug)]
pub struct JobError {
    pub action: FailureAction,
    /// Message for users: what happened and what to do next.
    pub message: String,
    /// A stable error code for API clients, if there is one.
    pub code: Option<&'static str>,
    /// The chain of causes, for the log.
    pub cause: String,
    /// Whether a quota or full storage rejected the transaction. Nothing was stored then.
    pub is_over_quota: bool,
}

impl JobError {
    /// An error after which a retry cannot help. The job becomes a dead letter.
    pub fn fail(message: impl Into<String>) -> Self {
        Self::new(FailureAction::Fail, message)
    }

    pub fn park(message: impl Into<String>) -> Self {
        Self::new(FailureAction::Park, message)
    }

    pub fn postpone(until: Timestamp, message: impl Into<String>) -> Self {
        Self::new(FailureAction::Postpone(until), message)
    }

    pub fn retry(message: impl Into<String>) -> Self {
        Self::new(FailureAction::Retry(None), message)
    }

    /// The error for a job whose lease expired and that another worker has claimed.
    pub fn claim_lost() -> Self {
        Self::new(FailureAction::ClaimLost, "another worker took over")
    }

    pub fn coded(self, code: &'static str) -> Self {
        Self { code: Some(code), ..self }
    }

    fn new(action: FailureAction, message: impl Into<String>) -> Self {
        let message = message.into();
        Self { action, cause: message.clone(), message, code: None, is_over_quota: false }
    }
}

const INTERNAL: &str = "Something went wrong on our side. It is logged, and we retry automatically.";

impl From<connectors::Error> for JobError {
    fn from(error: connectors::Error) -> Self {
        let action = match error.retry() {
            Retry::Later(not_before) => FailureAction::Retry(not_before),
            Retry::AfterReconnect => FailureAction::Park,
            Retry::Never => FailureAction::Fail,
        };
        Self { cause: chain(&error), ..Self::new(action, error.user_message()) }
    }
}

impl From<hub::Error> for JobError {
    fn from(error: hub::Error) -> Self {
        match error {
            hub::Error::Connector(error) => error.into(),
            hub::Error::Problem(Problem::NeedsReconnect) => Self::park(Problem::NeedsReconnect.detail()),
            hub::Error::Problem(problem @ (Problem::QuotaExceeded(_) | Problem::StorageFull)) => {
                Self { is_over_quota: true, ..Self::retry(problem.detail()) }
            }
            error => Self { cause: chain(&error), ..Self::retry(INTERNAL) },
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
