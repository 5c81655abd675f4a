//! How a connection fares beyond its status: what is wrong and who can change it, and what was found when it was compared with its org.

use super::{compatibility::ReconciliationFields, connection::Connection, time::Timestamp};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Who can change what is wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum FixedBy {
    /// Nobody needs to: it passes, and we try again by ourselves.
    Itself,
    /// An admin of the organization, here.
    Admin,
    /// The administrator at the provider, such as the administrator of an org.
    ProviderAdministrator,
    /// Whoever runs this server.
    Operator,
}

impl FixedBy {
    /// The word of the API and the database.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Itself => "itself",
            Self::Admin => "admin",
            Self::ProviderAdministrator => "provider_administrator",
            Self::Operator => "operator",
        }
    }

    /// What people read.
    pub fn label(self) -> &'static str {
        match self {
            Self::Itself => "Nobody needs to: we try again by ourselves",
            Self::Admin => "An admin of your organization",
            Self::ProviderAdministrator => "The provider’s administrator",
            Self::Operator => "The operator of this server",
        }
    }

    /// Who is meant by that word.
    pub fn parse(text: &str) -> Option<Self> {
        [Self::Itself, Self::Admin, Self::ProviderAdministrator, Self::Operator].into_iter().find(|who| who.as_str() == text)
    }
}

/// What is wrong with a connection. `last_error` of the connection says it in a sentence, with what to do.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Trouble {
    /// The cause, as a stable word.
    pub cause: String,
    /// Who can change it.
    pub fixed_by: FixedBy,
    /// Since when.
    pub since: Timestamp,
    /// When it is tried next; `null` while it waits for a person.
    pub next_attempt_at: Option<Timestamp>,
}

/// What came of comparing a connection's contracts with its org.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Reconciliation {
    /// Since when it runs; `null` while it does not.
    pub running_since: Option<Timestamp>,
    /// When it last ran; `null` before the first time.
    pub last_run_at: Option<Timestamp>,
    /// How many deals it has looked at so far, or had when it last ran.
    pub records: i64,
    /// The same for Salesforce.
    #[serde(flatten)]
    pub compatibility: ReconciliationFields,
    /// How many contracts.
    pub contracts: i64,
    /// How many differences it found: deals without a contract, and fields that differ from what was written.
    pub found: i64,
    /// For how many of them it queued the repair.
    pub repaired: i64,
    /// Why it stopped early, for people; `null` when it went through.
    pub note: Option<String>,
    /// When it runs next.
    pub next_run_at: Timestamp,
}

/// A connection with how it fares.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct ConnectionDetail {
    /// The connection.
    #[serde(flatten)]
    pub connection: Connection,
    /// What is wrong; `null` while it works.
    pub trouble: Option<Trouble>,
    /// Until when nothing calls by itself, because the org has no calls left; `null` when nothing waits.
    pub paused_until: Option<Timestamp>,
    /// What the last comparison with the org found; `null` for providers without one.
    pub reconciliation: Option<Reconciliation>,
}
