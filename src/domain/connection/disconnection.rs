//! Receipts of removed connections.

use super::Environment;
use crate::domain::ids::DisconnectionId;
use crate::domain::time::Timestamp;
use serde::Serialize;
use strum::{EnumString, IntoStaticStr};

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, EnumString, IntoStaticStr)]
#[strum(serialize_all = "snake_case", const_into_str)]
pub enum Revocation {
    /// LexiContract cannot revoke API keys. They stay valid until they are deleted at the provider.
    NotNeeded,
    /// A background job revokes the credentials.
    Pending,
    Done,
    /// A user has to revoke the access at the provider.
    Failed,
}

#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Disconnection {
    pub id: DisconnectionId,
    pub provider: String,
    pub account_label: String,
    pub environment: Environment,
    pub disconnected_by: String,
    pub disconnected_at: Timestamp,
    pub revocation: Revocation,
    /// Time at which the revocation succeeded or failed permanently.
    pub revoked_at: Option<Timestamp>,
    pub counts: Counts,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Counts {
    /// Invalidated webhook secrets.
    pub secrets: i64,
    /// Deleted deliveries. The timeline entries of contracts are kept.
    pub deliveries: i64,
    pub jobs: i64,
    /// Kept contracts from this account.
    pub contracts: i64,
    /// Kept contracts whose latest status was not written to the provider.
    pub unwritten: i64,
}
