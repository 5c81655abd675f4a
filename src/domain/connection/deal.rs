//! Deals: what a CRM calls an opportunity, a deal or a potential.

use super::record::RecordId;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// What is read of a deal.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Deal {
    /// Its id at the provider.
    pub id: RecordId,
    /// Its name.
    pub name: String,
    /// The name of the other party, such as the customer; a deal may have none.
    pub party_name: Option<String>,
    /// The id of its stage.
    pub stage: String,
    /// Where a browser shows it.
    pub url: Option<String>,
}

/// Which deals lead to a contract.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TriggerRule {
    /// The ids of the stages; a deal in any of them counts.
    pub stages: Vec<String>,
}
