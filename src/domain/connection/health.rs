//! Health of a connection: the open issue, the setup, the work in progress, and the last reconciliation.

use super::setup::{self, SetupStep, StepState};
use super::{Connection, ConnectionStatus, ConnectionTest};
use crate::domain::compatibility::ReconciliationFields;
use crate::domain::time::Timestamp;
use serde::{Deserialize, Serialize};
use strum::{EnumString, IntoStaticStr};
use utoipa::ToSchema;

/// Party that can fix an issue.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema, EnumString, IntoStaticStr)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case", const_into_str)]
pub enum Responsible {
    /// The issue is transient, and the call is retried automatically. Old database rows contain the former name `itself`.
    #[strum(to_string = "transient", serialize = "itself")]
    Transient,
    Admin,
    /// An administrator at the provider, such as the administrator of a Salesforce org.
    ProviderAdministrator,
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

/// An open issue. Its message is the `last_error` of the connection.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Issue {
    /// Stable code.
    pub cause: String,
    pub responsible: Responsible,
    pub since: Timestamp,
    /// Time of the next automatic retry; `null` if a person has to act first.
    pub next_attempt_at: Option<Timestamp>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Reconciliation {
    /// `null` if no run is in progress.
    pub running_since: Option<Timestamp>,
    /// End of the last run; `null` before the first run ends.
    pub last_run_at: Option<Timestamp>,
    /// Number of deals that the current run has checked. If no run is in progress, the number from the last run.
    pub records: i64,
    #[serde(flatten)]
    pub compatibility: ReconciliationFields,
    pub contracts: i64,
    /// Number of differences: deals without a contract, and fields at the provider that differ from the value that was written.
    pub found: i64,
    /// Number of differences whose repair was queued.
    pub repaired: i64,
    /// Reason why the last run was not complete.
    pub note: Option<String>,
    pub next_run_at: Timestamp,
}

#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct ConnectionHealth {
    pub connection: Connection,
    pub issue: Option<Issue>,
    /// End of the pause after the provider's API limit was used up.
    pub paused_until: Option<Timestamp>,
    /// `None` if the provider has no deals.
    pub reconciliation: Option<Reconciliation>,
    /// Name of the user who last connected or reconnected.
    pub connected_by: String,
    pub connected_at: Timestamp,
    pub last_event_at: Option<Timestamp>,
    pub last_write_at: Option<Timestamp>,
    pub test: Option<TestRecord>,
    /// Empty if the provider needs no setup.
    pub setup: Vec<(SetupStep, StepState)>,
}

impl ConnectionHealth {
    pub fn is_setup_incomplete(&self) -> bool {
        !setup::is_complete(&self.setup)
    }

    pub fn steps_done(&self) -> usize {
        self.setup.iter().filter(|(_, state)| *state == StepState::Done).count()
    }

    /// Time of the next automatic retry; `None` if a person has to act first.
    pub fn next_retry_at(&self) -> Option<Timestamp> {
        let is_retried = self.connection.status == ConnectionStatus::Degraded && self.connection.is_enabled;
        self.issue.as_ref().filter(|_| is_retried)?.next_attempt_at
    }
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct ConnectionDetail {
    #[serde(flatten)]
    pub connection: Connection,
    /// `null` if the connection works.
    pub issue: Option<Issue>,
    /// End of the pause after the provider's API limit was used up; `null` if calls are not paused.
    pub paused_until: Option<Timestamp>,
    /// `null` if the provider has no deals.
    pub reconciliation: Option<Reconciliation>,
}

impl From<ConnectionHealth> for ConnectionDetail {
    fn from(health: ConnectionHealth) -> Self {
        let ConnectionHealth { connection, issue, paused_until, reconciliation, .. } = health;
        Self { connection, issue, paused_until, reconciliation }
    }
}

impl From<Connection> for ConnectionDetail {
    /// Converts a pending connection. The other fields are empty, because a pending connection makes no calls.
    fn from(connection: Connection) -> Self {
        Self { connection, issue: None, paused_until: None, reconciliation: None }
    }
}

#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct TestRecord {
    pub result: ConnectionTest,
    pub tested_by: String,
    pub tested_at: Timestamp,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Work {
    /// Number of deliveries since the oldest unfinished delivery. A progress bar uses it as the total.
    pub imports: i64,
    /// Finished deliveries in `imports`.
    pub imports_done: i64,
    /// Deliveries in `imports` that are parked until a user reconnects or resumes the connection.
    pub imports_parked: i64,
    /// Queued writes to the provider.
    pub writes: i64,
    /// Queued or running analyses of the whole organization.
    pub analyses: i64,
}

impl Work {
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
