//! Fact sheet of a connection, for security reviewers: what is read and written, where data goes, and when it happened last.

use super::{ConnectionStatus, Environment};
use crate::domain::ids::ConnectionId;
use crate::domain::time::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Contains no secret, and no part of one.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct FactSheet {
    pub generated_at: Timestamp,
    /// Name and version of the product.
    pub product: String,
    /// Public address of this server.
    pub server: String,
    pub organization: String,
    pub connection: ConnectionFacts,
    pub access: AccessFacts,
    /// Objects of the account, with the fields that are read and written.
    pub data: Vec<ObjectAccess>,
    /// Hosts that this server calls for the connection. It calls no other host, and follows no redirect.
    pub hosts: Vec<HostUse>,
    /// Ways in which the provider calls this server.
    pub webhooks: Vec<WebhookFacts>,
    pub activity: ActivityFacts,
    /// `null` if the provider does not report its API calls.
    pub api_calls: Option<ApiCallFacts>,
    /// How credentials and data are protected, kept and removed.
    pub statements: Vec<Statement>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct ConnectionFacts {
    pub id: ConnectionId,
    pub provider: String,
    pub account_label: String,
    pub external_account_id: String,
    pub environment: Environment,
    pub status: ConnectionStatus,
    pub is_enabled: bool,
    pub connected_by: String,
    pub connected_at: Timestamp,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct AccessFacts {
    /// How this server authenticates at the provider.
    pub method: String,
    /// Scopes that the user granted, as the provider reports them. Empty if it reports none.
    pub scopes_granted: Vec<String>,
    /// Scopes that are used, and for what.
    pub scopes_used: Vec<ScopeUse>,
    /// `null` for connections without a refresh token.
    pub refresh_token: Option<RefreshTokenFacts>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ScopeUse {
    pub scope: String,
    pub purpose: String,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct RefreshTokenFacts {
    pub last_used_at: Timestamp,
    /// When it would expire if it were not used; `null` if the provider has no such limit.
    pub expires_unused_at: Option<Timestamp>,
    /// When it is used at the latest, so that it does not expire.
    pub next_use_at: Option<Timestamp>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ObjectAccess {
    pub object: String,
    pub purpose: String,
    /// Fields that are read or compared in a query.
    pub reads: Vec<String>,
    pub writes: Vec<String>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct HostUse {
    pub host: String,
    pub purpose: String,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct WebhookFacts {
    pub title: String,
    /// Address without the secret.
    pub url: String,
    pub authentication: String,
    /// False if no valid secret exists, so that every call is refused.
    pub is_set_up: bool,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ActivityFacts {
    pub last_event_at: Option<Timestamp>,
    /// How the last event arrived.
    pub last_event_from: Option<String>,
    pub last_poll_at: Option<Timestamp>,
    /// `null` if polling is off or stopped.
    pub next_poll_at: Option<Timestamp>,
    pub last_write_at: Option<Timestamp>,
    pub last_test_at: Option<Timestamp>,
}

/// API calls in the provider's counting period, as of the last poll.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ApiCallFacts {
    /// Calls of all programs together.
    pub used: i64,
    pub max: i64,
    /// Percentage of the remaining calls that polling uses at most when they run low.
    pub poll_share_percent: u8,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Statement {
    pub title: String,
    pub text: String,
}
