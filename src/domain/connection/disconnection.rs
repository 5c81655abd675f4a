//! Receipts of removed connections.

use super::Environment;
use crate::domain::{ids::DisconnectionId, time::Timestamp};
use serde::Serialize;
use strum::{EnumString, IntoStaticStr};

/// Status of the revocation of the credentials at the provider.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, EnumString, IntoStaticStr)]
#[strum(serialize_all = "snake_case", const_into_str)]
pub enum Revocation {
    /// There is nothing to revoke: an API key stays valid until it is deleted at the provider.
    NotNeeded,
    /// The revocation is in progress in the background.
    Pending,
    /// The provider has revoked the credentials.
    Done,
    /// The revocation failed. A user has to revoke the access at the provider.
    Failed,
}

/// Receipt for the removal of a connection.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Disconnection {
    pub id: DisconnectionId,
    /// Name of the provider, such as `Salesforce`.
    pub provider: String,
    /// Display name of the account.
    pub account_label: String,
    pub environment: Environment,
    pub disconnected_by: String,
    pub disconnected_at: Timestamp,
    /// Status of the revocation of the credentials at the provider.
    pub revocation: Revocation,
    /// Time at which the revocation succeeded or failed permanently.
    pub revoked_at: Option<Timestamp>,
    pub counts: Counts,
}

/// Numbers of deleted and kept items.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Counts {
    /// Number of invalidated webhook secrets.
    pub secrets: i64,
    /// Number of deleted deliveries. The timeline entries of contracts are kept.
    pub deliveries: i64,
    /// Number of deleted jobs.
    pub jobs: i64,
    /// Number of contracts from this account, which are kept.
    pub contracts: i64,
    /// Number of kept contracts whose latest status was not written to the provider.
    pub unwritten: i64,
}
