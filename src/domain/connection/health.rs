//! Health of a connection: the open issue and who can fix it, the setup, the work in progress, and the last reconciliation.

use super::{
    Connection, ConnectionStatus, ConnectionTest,
    setup::{self, SetupStep, StepState},
};
use crate::domain::{compatibility::ReconciliationFields, time::Timestamp};
use serde::{Deserialize, Serialize};
use strum::{EnumString, IntoStaticStr};
use utoipa::ToSchema;

/// Person who can fix an issue.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema, EnumString, IntoStaticStr)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case", const_into_str)]
pub enum Responsible {
    /// No person has to act: the issue is transient, and the call is retried automatically. Databases from before this name contain `itself`.
    #[strum(to_string = "transient", serialize = "itself")]
    Transient,
    /// An admin of the organization.
    Admin,
    /// An administrator of the account at the provider, such as the administrator of a Salesforce org.
    ProviderAdministrator,
    /// The operator of this LexiContract server.
    Operator,
}

impl Responsible {
    pub fn label(self) -> &'static str {
        match self {
            Self::Transient => "No action needed. We retry automatically",
            Self::Admin => "An admin of your organization",
            Self::ProviderAdministrator => "The provider’s administrator",
            Self::Operator => "The operator of this server",
        }
    }
}

/// The open issue of a connection. The connection's `last_error` contains the message: what happened and what to do.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Issue {
    /// Stable code of the cause.
    pub cause: String,
    pub responsible: Responsible,
    pub since: Timestamp,
    /// Time of the next automatic retry; `null` if a person has to act first.
    pub next_attempt_at: Option<Timestamp>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Reconciliation {
    /// Start time of the current run; `null` if no run is in progress.
    pub running_since: Option<Timestamp>,
    /// End time of the last run; `null` before the first run ends.
    pub last_run_at: Option<Timestamp>,
    /// Number of deals that the current run has checked so far; if no run is in progress, the number from the last run.
    pub records: i64,
    /// Salesforce-specific names for the same values, for API compatibility.
    #[serde(flatten)]
    pub compatibility: ReconciliationFields,
    /// Number of contracts that were checked.
    pub contracts: i64,
    /// Number of differences found: deals without a contract, and fields at the provider that differ from the written value.
    pub found: i64,
    /// Number of differences whose repair was queued.
    pub repaired: i64,
    /// Reason why the run stopped early; `null` if it was complete.
    pub note: Option<String>,
    pub next_run_at: Timestamp,
}

/// A connection with its health.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct ConnectionHealth {
    pub connection: Connection,
    /// The open issue; `None` if the connection works.
    pub issue: Option<Issue>,
    /// End of the pause that began when the provider's API limit was used up; `None` if calls are not paused.
    pub paused_until: Option<Timestamp>,
    /// The last reconciliation; `None` if the provider has no deals.
    pub reconciliation: Option<Reconciliation>,
    /// Name of the user who last connected or reconnected.
    pub connected_by: String,
    pub connected_at: Timestamp,
    /// Time of the last webhook call.
    pub last_event_at: Option<Timestamp>,
    /// Time of the last status write to the provider.
    pub last_write_at: Option<Timestamp>,
    pub test: Option<TestRecord>,
    /// Setup steps with their states; empty if the provider needs no setup.
    pub setup: Vec<(SetupStep, StepState)>,
}

impl ConnectionHealth {
    /// Whether some setup step is not done.
    pub fn is_setup_incomplete(&self) -> bool {
        !setup::is_complete(&self.setup)
    }

    /// Number of setup steps that are done.
    pub fn steps_done(&self) -> usize {
        self.setup.iter().filter(|(_, state)| *state == StepState::Done).count()
    }

    /// Time of the next automatic retry; `None` if a person has to act first.
    pub fn next_retry_at(&self) -> Option<Timestamp> {
        let is_retried = self.connection.status == ConnectionStatus::Degraded && self.connection.is_enabled;
        self.issue.as_ref().filter(|_| is_retried)?.next_attempt_at
    }
}

/// A connection in the format of the HTTP API.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct ConnectionDetail {
    #[serde(flatten)]
    pub connection: Connection,
    /// The open issue; `null` if the connection works.
    pub issue: Option<Issue>,
    /// End of the pause that began when the provider's API limit was used up; `null` if calls are not paused.
    pub paused_until: Option<Timestamp>,
    /// The last reconciliation; `null` if the provider has no deals.
    pub reconciliation: Option<Reconciliation>,
}

impl From<ConnectionHealth> for ConnectionDetail {
    fn from(health: ConnectionHealth) -> Self {
        let ConnectionHealth { connection, issue, paused_until, reconciliation, .. } = health;
        Self { connection, issue, paused_until, reconciliation }
    }
}

impl From<Connection> for ConnectionDetail {
    /// Converts a pending connection. It has made no calls yet, so the other fields are empty.
    fn from(connection: Connection) -> Self {
        Self { connection, issue: None, paused_until: None, reconciliation: None }
    }
}

/// A connection test with its result, user and time.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct TestRecord {
    pub result: ConnectionTest,
    pub tested_by: String,
    pub tested_at: Timestamp,
}

/// Work in progress for a connection.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Work {
    /// Number of deliveries since the oldest unfinished one, including those that are finished. The total for a progress bar.
    pub imports: i64,
    /// Number of deliveries in `imports` that are finished.
    pub imports_done: i64,
    /// Number of deliveries in `imports` that are parked until a user reconnects or resumes the connection.
    pub imports_parked: i64,
    /// Number of queued status writes.
    pub writes: i64,
    /// Number of the organization's analyses that are queued or running.
    pub analyses: i64,
}

impl Work {
    /// Whether there is any work in progress.
    pub fn is_any(&self) -> bool {
        self.imports > 0 || self.writes > 0 || self.analyses > 0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_former_name_of_a_transient_issue_is_read_and_no_longer_written() {
        assert_eq!("itself".parse(), Ok(Responsible::Transient));
        assert_eq!(Responsible::Transient.into_str(), "transient");
    }
}
