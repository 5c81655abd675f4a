//! Deals. Depending on the CRM, they are called opportunities, deals or potentials.

use crate::domain::record::RecordId;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Fields of a deal that LexiContract reads.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Deal {
    pub id: RecordId,
    pub name: String,
    /// Name of the counterparty, such as the customer; `null` if the deal has none.
    pub party_name: Option<String>,
    /// Id of the deal's stage.
    pub stage: String,
    /// URL of the deal's page at the provider.
    pub url: Option<String>,
}

/// Rule that selects the deals for which contracts are created.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TriggerRule {
    /// Ids of the stages. A deal matches if it is in one of them.
    pub stages: Vec<String>,
}
