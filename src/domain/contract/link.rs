//! Links between contracts and records at providers.

use super::sync::Sync;
use crate::domain::ids::{ConnectionId, LinkId};
use crate::domain::record::{RecordId, RecordKind};
use serde::{Deserialize, Serialize};
use strum::{EnumString, IntoStaticStr};
use utoipa::ToSchema;

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema, EnumString, IntoStaticStr)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case", const_into_str)]
pub enum LinkRole {
    /// The contract was created from the record. A contract has at most one link with this role.
    Source,
    /// Data from the contract is written to the record.
    Target,
    /// Signed versions of the contract are archived in the record.
    Archive,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Link {
    pub id: LinkId,
    pub provider: String,
    /// `null` if the account is not connected.
    pub connection_id: Option<ConnectionId>,
    pub role: LinkRole,
    pub record_type: RecordKind,
    pub record_id: RecordId,
    pub name: String,
    /// Name of the counterparty, such as the customer.
    pub party_name: Option<String>,
    pub url: Option<String>,
    pub sync: Sync,
}
