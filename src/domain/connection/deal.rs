//! Deals. Depending on the CRM, they are called opportunities, deals or potentials.

use crate::domain::record::RecordId;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Deal {
    pub id: RecordId,
    pub name: String,
    /// Name of the counterparty, such as the customer.
    pub party_name: Option<String>,
    /// Id of the deal's stage.
    pub stage: String,
    pub url: Option<String>,
}

/// Selects the deals for which contracts are created.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TriggerRule {
    /// Ids of the stages that match.
    pub stages: Vec<String>,
}
