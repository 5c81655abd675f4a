//! Dry run: a preview of the effects that a delivery would have.

use super::deal::Deal;
use crate::domain::compatibility::DryRunFields;
use crate::domain::ids::ContractId;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct DryRun {
    pub deal: Deal,
    #[serde(flatten)]
    pub compatibility: DryRunFields,
    /// File that would become a version; `null` if no file is usable.
    pub file: Option<ChosenFile>,
    pub rejected: Vec<RejectedFile>,
    pub contract: PlannedContract,
    pub write_back: PlannedWriteBack,
    /// Why polling and events of the provider skip the deal; `null` if it matches the trigger rule. A webhook call is not measured by
    /// the rule.
    pub trigger_rejection: Option<String>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct ChosenFile {
    pub id: String,
    pub name: String,
    pub size_bytes: i64,
    pub reason: String,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct RejectedFile {
    pub id: String,
    pub name: String,
    pub reason: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum PlannedAction {
    Create,
    /// The contract would get a new version.
    NewVersion,
    Unchanged,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct PlannedContract {
    pub action: PlannedAction,
    /// Id of the contract; `null` if it would be created.
    pub id: Option<ContractId>,
}

/// The write to the provider that a status change would cause.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct PlannedWriteBack {
    pub field: String,
    /// Label for the current status of the contract, or the label `needs_file` if the contract would have no version.
    pub value: String,
}
