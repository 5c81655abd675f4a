//! State of a deal: what happened between the last event and the write-back. The provider shows it on the deal's page.

use super::contract::analysis::{AnalysisStatus, Severity};
use super::contract::{NegotiationStatus, Sync};
use super::delivery::DeliveryStatus;
use super::ids::ContractId;
use super::time::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Each part is `null` until it exists.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct DealStatus {
    pub delivery: Option<DealDelivery>,
    pub contract: Option<DealContract>,
    pub file: Option<DealVersion>,
    pub analysis: Option<DealAnalysis>,
    /// Write-back of the contract's status to the deal.
    pub sync: Option<Sync>,
}

/// The newest delivery of the deal.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct DealDelivery {
    pub status: DeliveryStatus,
    pub received_at: Timestamp,
    pub attempts: i64,
    /// Time of the next attempt; `null` if none is scheduled.
    pub next_attempt_at: Option<Timestamp>,
    pub error: Option<String>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct DealContract {
    pub id: ContractId,
    pub title: String,
    /// Address of the contract's page.
    pub url: String,
    pub created_at: Timestamp,
    pub negotiation_status: NegotiationStatus,
    /// Label of the status in the settings of the connection.
    pub negotiation_status_label: String,
}

/// The latest version of the contract.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct DealVersion {
    pub name: String,
    /// Number of the version, from 1.
    pub version: i64,
    pub stored_at: Timestamp,
    /// Why this file of the deal was chosen; `null` for an uploaded version.
    pub reason: Option<String>,
}

/// Analysis of the latest version.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct DealAnalysis {
    pub status: AnalysisStatus,
    /// `null` unless the status is `completed`.
    pub completed_at: Option<Timestamp>,
    pub error: Option<String>,
    /// At most 5 risks, the most severe first.
    #[schema(max_items = 5)]
    pub risks: Vec<DealRisk>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct DealRisk {
    pub severity: Severity,
    pub title: String,
}
