//! Health of a connection: the open issue and who can fix it, its setup, its work in progress, and the last reconciliation.

use super::{
    Connection, ConnectionStatus, ConnectionTest,
    setup::{self, SetupStep, StepState},
};
use crate::domain::{compatibility::ReconciliationFields, time::Timestamp};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Who can fix an issue.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Responsible {
    /// No one: the issue is transient, and the call is retried.
    Transient,
    /// An admin of the organization.
    Admin,
    /// The administrator at the provider, such as the administrator of an org.
    ProviderAdministrator,
    /// The operator of this server.
    Operator,
}

impl Responsible {
    /// The value in the API and the database.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Transient => "transient",
            Self::Admin => "admin",
            Self::ProviderAdministrator => "provider_administrator",
            Self::Operator => "operator",
        }
    }

    /// The text on pages.
    pub fn label(self) -> &'static str {
        match self {
            Self::Transient => "No action needed. We retry automatically",
            Self::Admin => "An admin of your organization",
            Self::ProviderAdministrator => "The provider’s administrator",
            Self::Operator => "The operator of this server",
        }
    }

    /// Parses [`Self::as_str`].
    pub fn parse(text: &str) -> Option<Self> {
        [Self::Transient, Self::Admin, Self::ProviderAdministrator, Self::Operator].into_iter().find(|who| who.as_str() == text)
    }
}

/// The open issue of a connection. `last_error` of the connection describes it, with what to do.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Issue {
    /// The cause, as a stable code.
    pub cause: String,
    /// Who can fix it.
    pub responsible: Responsible,
    /// When it began.
    pub since: Timestamp,
    /// The next automatic retry; `null` while it waits for a person.
    pub next_attempt_at: Option<Timestamp>,
}

/// The reconciliation of a connection's contracts with its account.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Reconciliation {
    /// When the current run began; `null` while none runs.
    pub running_since: Option<Timestamp>,
    /// When the last run ended; `null` before the first.
    pub last_run_at: Option<Timestamp>,
    /// Deals checked by the current run so far, or by the last one.
    pub records: i64,
    /// The same for Salesforce.
    #[serde(flatten)]
    pub compatibility: ReconciliationFields,
    /// Contracts checked.
    pub contracts: i64,
    /// Differences found: deals without a contract, and fields that differ from what was written.
    pub found: i64,
    /// Differences whose repair was queued.
    pub repaired: i64,
    /// Why the run stopped early, for people; `null` when it completed.
    pub note: Option<String>,
    /// When the next run is due.
    pub next_run_at: Timestamp,
}

/// A connection with its health.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct ConnectionHealth {
    /// The connection.
    pub connection: Connection,
    /// The open issue; `None` while it works.
    pub issue: Option<Issue>,
    /// The end of a pause because the provider's API limit is used up; `None` while calls are made.
    pub paused_until: Option<Timestamp>,
    /// The last reconciliation; `None` for providers without deals.
    pub reconciliation: Option<Reconciliation>,
    /// Who connected it, the last time.
    pub connected_by: String,
    /// When that was.
    pub connected_at: Timestamp,
    /// The provider's last webhook call.
    pub last_event_at: Option<Timestamp>,
    /// The last status written to the provider.
    pub last_write_at: Option<Timestamp>,
    /// The last connection test.
    pub test: Option<TestRecord>,
    /// The setup steps; empty for providers without setup.
    pub setup: Vec<(SetupStep, StepState)>,
}

impl ConnectionHealth {
    /// Whether a setup step is open.
    pub fn is_setup_incomplete(&self) -> bool {
        !setup::is_complete(&self.setup)
    }

    /// The number of completed setup steps.
    pub fn steps_done(&self) -> usize {
        self.setup.iter().filter(|(_, state)| *state == StepState::Done).count()
    }

    /// The next automatic retry; `None` where a person has to act first.
    pub fn next_retry_at(&self) -> Option<Timestamp> {
        let is_retried = self.connection.status == ConnectionStatus::Degraded && self.connection.is_enabled;
        self.issue.as_ref().filter(|_| is_retried)?.next_attempt_at
    }
}

/// A connection as the HTTP API returns it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct ConnectionDetail {
    /// The connection.
    #[serde(flatten)]
    pub connection: Connection,
    /// The open issue; `null` while it works.
    pub issue: Option<Issue>,
    /// The end of a pause because the provider's API limit is used up; `null` while calls are made.
    pub paused_until: Option<Timestamp>,
    /// The last reconciliation; `null` for providers without deals.
    pub reconciliation: Option<Reconciliation>,
}

impl From<ConnectionHealth> for ConnectionDetail {
    fn from(health: ConnectionHealth) -> Self {
        let ConnectionHealth { connection, issue, paused_until, reconciliation, .. } = health;
        Self { connection, issue, paused_until, reconciliation }
    }
}

impl From<Connection> for ConnectionDetail {
    /// A connection without calls yet, because it waits for confirmation.
    fn from(connection: Connection) -> Self {
        Self { connection, issue: None, paused_until: None, reconciliation: None }
    }
}

/// A connection test that ran.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct TestRecord {
    /// Its result.
    pub result: ConnectionTest,
    /// Who ran it.
    pub tested_by: String,
    /// When it ran.
    pub tested_at: Timestamp,
}

/// A connection's work in progress.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Work {
    /// Deliveries since the oldest unfinished one.
    pub imports: i64,
    /// Of these, the finished ones.
    pub imports_done: i64,
    /// Of these, the ones that wait until a user reconnects or resumes the connection.
    pub imports_parked: i64,
    /// Queued status writes.
    pub writes: i64,
    /// The organization's queued and running analyses.
    pub analyses: i64,
}

impl Work {
    /// Whether any work is in progress.
    pub fn is_any(&self) -> bool {
        self.imports > 0 || self.writes > 0 || self.analyses > 0
    }
}
