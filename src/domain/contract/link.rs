//! Links between contracts and records at providers.

use super::Sync;
use crate::domain::{
    ids::{ConnectionId, LinkId},
    record::{RecordId, RecordKind},
};
use serde::{Deserialize, Serialize};
use strum::{EnumString, IntoStaticStr};
use utoipa::ToSchema;

/// Purpose of a link.
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

/// A record to which a contract is linked.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Link {
    pub id: LinkId,
    pub provider: String,
    /// Connection through which the record can be accessed; `null` if there is none.
    pub connection_id: Option<ConnectionId>,
    pub role: LinkRole,
    pub record_type: RecordKind,
    pub record_id: RecordId,
    pub name: String,
    /// Name of the counterparty, such as the customer.
    pub party_name: Option<String>,
    /// URL of the record's page at the provider.
    pub url: Option<String>,
    /// State of the write-back of the status to the record.
    pub sync: Sync,
}
