//! Dry run: a preview of a delivery.

use super::deal::Deal;
use crate::domain::{compatibility::DryRunFields, ids::ContractId};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Preview of the effects that a delivery for a deal would have.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct DryRun {
    /// Current field values of the deal at the provider.
    pub deal: Deal,
    /// The deal with Salesforce-specific field names, for API compatibility.
    #[serde(flatten)]
    pub compatibility: DryRunFields,
    /// File that would become a version; `null` if there is none.
    pub file: Option<ChosenFile>,
    /// The other files, with the reasons for their rejection.
    pub rejected: Vec<RejectedFile>,
    pub contract: PlannedContract,
    pub write_back: PlannedWriteBack,
}

/// A file that would become a version, with the reason.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct ChosenFile {
    pub id: String,
    pub name: String,
    pub size_bytes: i64,
    pub reason: String,
}

/// A file that would not be used, with the reason.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct RejectedFile {
    pub id: String,
    pub name: String,
    pub reason: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum PlannedAction {
    /// A contract would be created from the deal.
    Create,
    /// The existing contract would get a new version.
    NewVersion,
    Unchanged,
}

/// The contract that would be created or changed.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct PlannedContract {
    pub action: PlannedAction,
    /// Id of the contract; `null` if it would be created.
    pub id: Option<ContractId>,
}

/// The write to the provider that a status change would cause.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct PlannedWriteBack {
    /// Name of the field in the provider's API.
    pub field: String,
    /// Label for the current status of the contract.
    pub value: String,
}
