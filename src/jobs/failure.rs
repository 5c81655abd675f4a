//! Failed attempts of jobs. The code that detects a failure knows the cause, so this code chooses the [`FailureAction`].

use crate::connectors::Retry;
use crate::domain::problem::Problem;
use crate::domain::time::Timestamp;
use crate::hub::{self, chain};
use crate::services::deliveries::step_recorder::RecordedSteps;
use std::time::Duration;
use strum::IntoStaticStr;

pub type JobResult<T = ()> = std::result::Result<T, JobError>;

/// The action that a failed attempt requests. The `JobOutcome` can differ from the request: for example, a retry becomes a dead
/// letter if no attempt is left. The text form is a label of the metric for job failures.
#[derive(Clone, Copy, Debug, PartialEq, Eq, IntoStaticStr)]
#[strum(serialize_all = "snake_case", const_into_str)]
pub enum FailureAction {
    /// Retry with backoff. The duration is the minimum delay.
    Retry(Option<Duration>),
    /// Run again at this time. The attempt does not count.
    Postpone(Timestamp),
    /// Wait until a user repairs the connection.
    Park,
    /// Move the job to the dead letters.
    Fail,
    /// Leave the job unchanged, because another worker owns it.
    ClaimLost,
}

#[derive(Debug)]
pub struct JobError {
    pub action: FailureAction,
    /// Message for users: what happened and what to do next.
    pub message: String,
    pub code: Option<&'static str>,
    pub cause: String,
    /// True if the transaction failed because of a quota or a full disk. In this case, nothing was stored.
    pub is_over_quota: bool,
    /// Steps of a delivery until the failure; `None` for other jobs.
    pub(crate) steps: Option<Box<RecordedSteps>>,
}

impl JobError {
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

    pub fn claim_lost() -> Self {
        Self::new(FailureAction::ClaimLost, "another worker took over")
    }

    pub(crate) fn with_steps(self, steps: RecordedSteps) -> Self {
        Self { steps: Some(Box::new(steps)), ..self }
    }

    pub fn coded(self, code: &'static str) -> Self {
        Self { code: Some(code), ..self }
    }

    /// Removes the sentence about automatic retries from the message, because a dead letter is not retried.
    pub(super) fn without_retry(self) -> Self {
        Self { message: self.message.replace(RETRY, ""), ..self }
    }

    fn new(action: FailureAction, message: impl Into<String>) -> Self {
        let message = message.into();
        Self { action, cause: message.clone(), message, code: None, is_over_quota: false, steps: None }
    }
}

pub(super) const INTERNAL: &str = "Something went wrong on our side, and it has been logged. We retry automatically.";
/// The sentence about automatic retries, as it occurs in messages.
const RETRY: &str = " We retry automatically.";

impl<E: Into<hub::Error>> From<E> for JobError {
    fn from(error: E) -> Self {
        match error.into() {
            hub::Error::Connector(error) => {
                let action = match error.retry() {
                    Retry::Later(not_before) => FailureAction::Retry(not_before),
                    Retry::AfterReconnect => FailureAction::Park,
                    Retry::Never => FailureAction::Fail,
                };
                Self { cause: chain(&error), ..Self::new(action, error.user_message()) }
            }
            hub::Error::Problem(Problem::NeedsReconnect) => Self::park(Problem::NeedsReconnect.detail()),
            hub::Error::Problem(problem @ (Problem::QuotaExceeded(_) | Problem::StorageFull)) => {
                Self { is_over_quota: true, ..Self::retry(problem.detail()) }
            }
            error => Self { cause: chain(&error), ..Self::retry(INTERNAL) },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_dead_letter_does_not_announce_a_retry() {
        for (message, kept) in [
            ("The provider isn't responding. We retry automatically.", "The provider isn't responding."),
            (
                "Nothing was sent. We retry automatically. The operator must check the proxy.",
                "Nothing was sent. The operator must check the proxy.",
            ),
            (INTERNAL, "Something went wrong on our side, and it has been logged."),
            ("The file is empty.", "The file is empty."),
        ] {
            assert_eq!(JobError::retry(message).without_retry().message, kept);
        }
    }
}
