//! What a delivery would do, without doing it.

use super::deal::Deal;
use crate::domain::{compatibility::DryRunFields, ids::ContractId};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// What a delivery of a deal would do.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct DryRun {
    /// The deal as the provider has it.
    pub deal: Deal,
    /// The same for Salesforce.
    #[serde(flatten)]
    pub compatibility: DryRunFields,
    /// The file that would be taken.
    pub file: Option<ChosenFile>,
    /// The files that would be passed over.
    pub rejected: Vec<RejectedFile>,
    /// What would become of the contract.
    pub contract: PlannedContract,
    /// What a status change would write.
    pub write_back: PlannedWriteBack,
}

/// The file that would be taken, and why.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct ChosenFile {
    /// Its id at the provider.
    pub id: String,
    /// Its name.
    pub name: String,
    /// Its length.
    pub size_bytes: i64,
    /// Why this one.
    pub reason: String,
}

/// A file that would be passed over, and why.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct RejectedFile {
    /// Its id at the provider.
    pub id: String,
    /// Its name.
    pub name: String,
    /// Why not this one.
    pub reason: String,
}

/// What would become of the contract.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum PlannedAction {
    /// A contract would be made.
    Create,
    /// The contract would get another version.
    NewVersion,
    /// Nothing would change.
    Unchanged,
}

/// The contract that would be made or changed.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct PlannedContract {
    /// What would become of it.
    pub action: PlannedAction,
    /// Its id, when it exists.
    pub id: Option<ContractId>,
}

/// The write that a status change would cause.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct PlannedWriteBack {
    /// The API name of the field.
    pub field: String,
    /// The label that would be written for the contract's current status.
    pub value: String,
}
