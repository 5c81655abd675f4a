//! Links between contracts and records of providers.

use super::Sync;
use crate::domain::{
    connection::record::{RecordId, RecordKind},
    ids::{ConnectionId, LinkId},
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// What a link is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum LinkRole {
    /// The contract was made from the record. A contract has at most one source.
    Source,
    /// Facts of the contract are written to the record.
    Target,
    /// Signed versions are filed there.
    Archive,
}

impl LinkRole {
    /// The word of the API and the database.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Source => "source",
            Self::Target => "target",
            Self::Archive => "archive",
        }
    }

    /// The role of that name.
    pub fn parse(text: &str) -> Option<Self> {
        [Self::Source, Self::Target, Self::Archive].into_iter().find(|role| role.as_str() == text)
    }
}

/// A record that a contract is linked to.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Link {
    /// Its id.
    pub id: LinkId,
    /// The slug of the integration.
    pub provider: String,
    /// The connection that leads to the record; `null` while none does.
    pub connection_id: Option<ConnectionId>,
    /// What the link is for.
    pub role: LinkRole,
    /// What the record is.
    pub record_type: RecordKind,
    /// The record's id at the provider.
    pub record_id: RecordId,
    /// The record's name.
    pub name: String,
    /// The name of the other party, such as the customer.
    pub party_name: Option<String>,
    /// Where a browser shows the record.
    pub url: Option<String>,
    /// Whether the status has reached the record.
    pub sync: Sync,
}
