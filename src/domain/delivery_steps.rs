//! Steps of a delivery: what each attempt did, and how long it took.

use super::delivery::Delivery;
use super::ids::ConnectionId;
use super::time::Timestamp;
use serde::{Deserialize, Serialize};
use strum::IntoStaticStr;
use utoipa::ToSchema;

/// Clients must accept unknown steps, because new steps can be added.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema, IntoStaticStr)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case", const_into_str)]
pub enum StepKind {
    Received,
    /// Queued for the first or next attempt, or parked.
    Waiting,
    /// A user requested the delivery again.
    Redelivered,
    /// An attempt is in progress. Its steps are recorded when it ends.
    Processing,
    DealRead,
    /// The deal does not match the trigger rule.
    DealSkipped,
    FilesListed,
    FileChosen,
    NoFile,
    Downloaded,
    /// The content of a downloaded file is not accepted.
    FileRejected,
    VersionStored,
    /// The contract already has the chosen file.
    FileUnchanged,
    /// The contract was stored without a document.
    ContractStored,
    /// The attempt was postponed and is not counted.
    Postponed,
    /// The attempt failed, and the delivery waits until a user reconnects or resumes the connection.
    Parked,
    Failed,
    /// An unknown step, stored by a newer version of the server.
    #[serde(other)]
    Unknown,
}

impl StepKind {
    pub fn label(self) -> &'static str {
        match self {
            Self::Received => "Received",
            Self::Waiting => "Waiting",
            Self::Redelivered => "Requested again",
            Self::Processing => "Processing",
            Self::DealRead => "Deal read",
            Self::DealSkipped => "Deal skipped",
            Self::FilesListed => "Files listed",
            Self::FileChosen => "File chosen",
            Self::NoFile => "No usable file",
            Self::Downloaded => "Downloaded",
            Self::FileRejected => "File rejected",
            Self::VersionStored => "Version stored",
            Self::FileUnchanged => "File unchanged",
            Self::ContractStored => "Contract stored",
            Self::Postponed => "Postponed",
            Self::Parked => "Parked",
            Self::Failed => "Failed",
            Self::Unknown => "Other step",
        }
    }
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct DeliveryStep {
    /// Start of the step, by the clock of the server.
    pub at: Timestamp,
    pub step: StepKind,
    /// Duration in milliseconds. A step that is in progress has the duration until now.
    pub duration_ms: i64,
    /// Result of the step, for users. Contains neither secrets nor text of documents.
    pub detail: Option<String>,
}

/// A delivery with its steps, oldest first. The steps of the newest 50 attempts are kept.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct DeliveryDetail {
    #[serde(flatten)]
    pub delivery: Delivery,
    pub connection_id: ConnectionId,
    /// Name of the deal; `null` before the first contract of the deal.
    pub record_name: Option<String>,
    /// Address of the deal's page at the provider; `null` before the first contract of the deal.
    pub record_url: Option<String>,
    pub steps: Vec<DeliveryStep>,
}
