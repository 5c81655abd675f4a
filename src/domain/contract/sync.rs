//! Write-back of a contract's status to the provider.

use crate::domain::time::Timestamp;
use serde::{Deserialize, Serialize};
use strum::{EnumString, IntoStaticStr};
use utoipa::ToSchema;

/// Status of the write-back of a contract's negotiation status to the provider.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema, EnumString, IntoStaticStr)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case", const_into_str)]
pub enum SyncStatus {
    /// The contract was not created from a deal.
    NotLinked,
    /// The negotiation status has not changed, so there is nothing to write.
    Idle,
    /// A write is queued or in progress.
    Pending,
    Synced,
    /// A write failed permanently.
    Failed,
}

impl SyncStatus {
    pub fn label(self) -> &'static str {
        match self {
            Self::NotLinked => "Not linked",
            Self::Idle => "Nothing to write yet",
            Self::Pending => "Write pending",
            Self::Synced => "Status written",
            Self::Failed => "Not written",
        }
    }
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Sync {
    pub status: SyncStatus,
    pub last_synced_value: Option<String>,
    pub last_synced_at: Option<Timestamp>,
    /// Number of attempts to write the current value.
    pub attempts: i64,
    pub last_error: Option<String>,
}

impl Sync {
    pub fn not_linked() -> Self {
        Self { status: SyncStatus::NotLinked, last_synced_value: None, last_synced_at: None, attempts: 0, last_error: None }
    }
}
