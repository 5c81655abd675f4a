//! Polling of a connection.

use crate::domain::time::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// How a connection is polled.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Polling {
    /// Seconds between two polls; 0 if polling is off.
    pub interval_seconds: u64,
    /// Why the interval is longer than the setting; `null` if it is not.
    pub slow_because: Option<SlowBecause>,
    /// End of the last poll that succeeded.
    pub polled_at: Option<Timestamp>,
    /// When the next poll is due; `null` if polling is off, or stopped until someone acts.
    pub next_poll_at: Option<Timestamp>,
    /// Last time at which a poll found a deal that nothing had reported before.
    pub last_event_at: Option<Timestamp>,
    /// Why polling has stopped; `null` while polls succeed or are retried automatically.
    pub last_error: Option<String>,
    /// API calls of the account in the provider's counting period, as of the last poll.
    pub api_calls_used: Option<i64>,
    pub api_calls_max: Option<i64>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum SlowBecause {
    /// A webhook has reported the last 20 changes first.
    WebhookWorks,
    /// The account has few API calls left, and polling uses only its share of them.
    FewCallsLeft,
}

/// Deals that are in the trigger stages, and have neither a contract nor an open delivery.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Backlog {
    pub total: u64,
    /// Digest of the ids of these deals. The import accepts it, and then imports exactly these deals or none.
    pub fingerprint: String,
    /// In the order of the stages.
    pub by_stage: Vec<StageCount>,
    /// In the order of the record types' names.
    pub by_record_type: Vec<RecordTypeCount>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct StageCount {
    pub stage: String,
    pub count: u64,
    /// When the oldest of these deals entered the stage; `null` if the provider does not record it.
    pub oldest: Option<Timestamp>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct RecordTypeCount {
    /// `null` for deals without a record type.
    pub record_type: Option<String>,
    pub count: u64,
}
