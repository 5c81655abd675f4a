//! Connections between an organization and its accounts at providers.

pub mod catalogue;
pub(crate) mod check;
pub mod connect_failure;
pub mod connect_link;
pub mod deal;
pub mod deal_schema;
pub mod disconnection;
pub mod dry_run;
pub mod fact_sheet;
pub mod health;
pub mod polling;
pub mod refused_call;
pub mod settings;
pub mod setup;
pub mod terms;

use super::connection::catalogue::{Capability, IntegrationSummary};
use super::ids::{ConnectionId, DisconnectionId};
use super::time::Timestamp;
use serde::{Deserialize, Serialize};
use std::str::FromStr;
use strum::{EnumString, IntoStaticStr};
use utoipa::ToSchema;

pub use super::connection::check::{Check, CheckCode, ConnectionTest};
pub use super::connection::settings::{DEFAULT_STATUS_FIELD, DEFAULT_TRIGGER_STAGE, LabelKey, Settings, Trigger};

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema, IntoStaticStr)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case", const_into_str)]
pub enum ConnectionStatus {
    /// The last call succeeded.
    Connected,
    /// Calls fail with a transient error and are retried.
    Degraded,
    /// The provider rejects the credentials.
    NeedsReconnect,
    /// An admin has to confirm the account. This status is never stored, because pending connections are in another table.
    NeedsConfirmation,
}

impl ConnectionStatus {
    pub fn label(self) -> &'static str {
        match self {
            Self::Connected => "Connected",
            Self::Degraded => "Degraded",
            Self::NeedsReconnect => "Needs reconnect",
            Self::NeedsConfirmation => "Needs confirmation",
        }
    }
}

impl FromStr for ConnectionStatus {
    type Err = strum::ParseError;

    /// Rejects `needs_confirmation`, because it is never stored.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let stored = [Self::Connected, Self::Degraded, Self::NeedsReconnect];
        stored.into_iter().find(|status| status.into_str() == text).ok_or(strum::ParseError::VariantNotFound)
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema, EnumString, IntoStaticStr)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case", const_into_str)]
pub enum Environment {
    Production,
    Sandbox,
    /// A customer-specific host, such as `acme.my.salesforce.com`.
    MyDomain,
}

impl Environment {
    pub fn label(self) -> &'static str {
        match self {
            Self::Production => "Production",
            Self::Sandbox => "Sandbox",
            Self::MyDomain => "My Domain",
        }
    }
}

/// A connection without its credentials.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Connection {
    /// A reconnect keeps the id.
    pub id: ConnectionId,
    pub integration: IntegrationSummary,
    /// False if an admin has paused webhook calls and writes to the provider.
    pub is_enabled: bool,
    pub status: ConnectionStatus,
    pub account_label: Option<String>,
    pub environment: Environment,
    /// For Salesforce, the organization id with 18 characters.
    pub external_account_id: Option<String>,
    /// What happened and what to do; `null` if the connection works.
    pub last_error: Option<String>,
    /// Time of the last webhook call or successful API call.
    pub last_activity_at: Option<Timestamp>,
    /// Time of the first accepted webhook call.
    #[cfg(feature = "server")]
    pub trigger_seen_at: Option<Timestamp>,
    #[schema(value_type = Object)]
    pub metadata: Settings,
    /// `null` if the status is not `needs_confirmation`.
    pub confirmation: Option<Confirmation>,
    pub created_at: Timestamp,
    pub updated_at: Timestamp,
}

/// Data that an admin checks before confirming a connection.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Confirmation {
    /// User at the provider who gave consent; `null` if the provider does not report the user.
    pub user: Option<String>,
    /// Host of the account, such as `acme.my.salesforce.com`.
    pub host: String,
    /// Name of the user who started the flow.
    pub started_by: String,
    /// Time at which an unconfirmed connection is revoked automatically.
    pub expires_at: Timestamp,
}

impl Connection {
    /// True for CRMs, because their connections need polling or webhook calls, and write-back.
    pub fn has_setup(&self) -> bool {
        self.integration.capabilities.contains(&Capability::Deals)
    }
}

#[cfg(feature = "server")]
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SettingsChange {
    pub by: String,
    pub at: Timestamp,
}

/// Rule for the signatures of webhook calls. All calls must also contain the secret.
#[cfg(feature = "server")]
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum SignatureRule {
    /// For testing signatures before they are required. The setup package signs the calls, but unsigned calls are accepted.
    Optional,
    /// A call without a valid signature is rejected.
    Required,
}

/// Type of the status field in the setup package.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema, EnumString)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum StatusFieldType {
    /// The package creates a picklist that is restricted to the labels of the connection.
    #[default]
    Picklist,
    Text,
    /// The package creates no field.
    Existing,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Disconnected {
    pub name: String,
    pub receipt: DisconnectionId,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Authorization {
    /// The provider's consent page.
    pub authorization_url: String,
}

#[derive(Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct NewWebhookSecret {
    /// Value of the header `X-Webhook-Secret`. It is shown only once.
    pub secret: String,
    /// Signing key in the format of Standard Webhooks: `whsec_` followed by base64.
    pub signing_key: String,
    /// `null` if there was no previous secret.
    pub previous_valid_until: Option<Timestamp>,
}

/// Where a webhook call contains the secret. A secret is valid only there.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema, EnumString, IntoStaticStr)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case", const_into_str)]
pub enum SecretPurpose {
    /// In the header `X-Webhook-Secret`.
    Webhook,
    /// In the path of the URL to which Salesforce sends Outbound Messages.
    Outbound,
}

#[derive(Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct NewOutboundSecret {
    /// URL for Outbound Messages. It contains the secret and is shown only once.
    pub url: String,
    /// `null` if there was no previous URL.
    pub previous_valid_until: Option<Timestamp>,
}

/// A webhook secret without its value.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct WebhookSecretInfo {
    pub purpose: SecretPurpose,
    /// The first characters of the secret.
    pub prefix: String,
    pub created_at: Timestamp,
    /// `null` for the current secret.
    pub valid_until: Option<Timestamp>,
    pub last_used_at: Option<Timestamp>,
    /// Time of the last call that was signed with the signing key of this secret.
    pub last_signed_at: Option<Timestamp>,
}
