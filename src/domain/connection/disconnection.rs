//! What is left of a connection that was removed: the receipt.

use super::Environment;
use crate::domain::{ids::DisconnectionId, time::Timestamp};
use serde::Serialize;

/// Whether the access was ended at the provider.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub enum Revocation {
    /// There was nothing to end: a key stays valid until someone deletes it at the provider.
    NotNeeded,
    /// It is being tried, in the background.
    Pending,
    /// It was ended.
    Done,
    /// It could not be ended; someone must do it at the provider.
    Failed,
}

impl Revocation {
    /// The word of the database.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::NotNeeded => "not_needed",
            Self::Pending => "pending",
            Self::Done => "done",
            Self::Failed => "failed",
        }
    }

    /// The state of that word.
    pub fn parse(text: &str) -> Option<Self> {
        [Self::NotNeeded, Self::Pending, Self::Done, Self::Failed].into_iter().find(|state| state.as_str() == text)
    }
}

/// The receipt of a disconnect.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Disconnection {
    /// Its id.
    pub id: DisconnectionId,
    /// The provider, such as `Salesforce`.
    pub provider: String,
    /// The account in words.
    pub account_label: String,
    /// Which of the provider's worlds.
    pub environment: Environment,
    /// Who disconnected it.
    pub disconnected_by: String,
    /// When.
    pub disconnected_at: Timestamp,
    /// Whether the access was ended at the provider.
    pub revocation: Revocation,
    /// When that was settled.
    pub revoked_at: Option<Timestamp>,
    /// What was wiped and what was kept.
    pub counts: Counts,
}

/// What was wiped with a connection, and what was kept.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Counts {
    /// Webhook secrets that no longer work.
    pub secrets: i64,
    /// Deliveries, of which the contracts keep the timeline.
    pub deliveries: i64,
    /// Jobs that were waiting for the connection.
    pub jobs: i64,
    /// Contracts from this account, which stay.
    pub contracts: i64,
    /// Of these, the ones whose last status did not reach the provider.
    pub unwritten: i64,
}
