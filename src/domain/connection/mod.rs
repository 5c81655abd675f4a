//! Connections between an organization and its accounts at providers.

pub mod catalogue;
pub(crate) mod check;
pub mod connect_failure;
pub mod deal;
pub mod deal_schema;
pub mod disconnection;
pub mod dry_run;
pub mod health;
pub mod setup;
pub mod terms;

use super::{
    connection::catalogue::{Capability, IntegrationSummary},
    contract::NegotiationStatus,
    file::rule::FileRule,
    ids::{ConnectionId, DisconnectionId},
    time::Timestamp,
};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use std::{collections::BTreeMap, str::FromStr};
use strum::{EnumString, IntoStaticStr};
use utoipa::ToSchema;

pub use super::connection::check::{Check, CheckCode, ConnectionTest};

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema, IntoStaticStr)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case", const_into_str)]
pub enum ConnectionStatus {
    /// The connection works: its last call succeeded.
    Connected,
    /// Calls fail with a transient error and are retried.
    Degraded,
    /// The provider rejects the credentials; a user has to reconnect.
    NeedsReconnect,
    /// The connection waits until an admin confirms the account. This status is never stored, because pending connections have
    /// their own table.
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

    /// Parses a stored status. Rejects `needs_confirmation`, because it is never stored.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let stored = [Self::Connected, Self::Degraded, Self::NeedsReconnect];
        stored.into_iter().find(|status| status.into_str() == text).ok_or(strum::ParseError::VariantNotFound)
    }
}

/// Environment at the provider to which a connection leads.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema, EnumString, IntoStaticStr)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case", const_into_str)]
pub enum Environment {
    Production,
    /// An environment for tests, with copied data.
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

/// A connection. Its credentials are not included.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Connection {
    /// Id of the connection. A reconnect keeps it.
    pub id: ConnectionId,
    pub integration: IntegrationSummary,
    /// Whether webhook calls are accepted and statuses are written. An admin can pause both.
    pub is_enabled: bool,
    pub status: ConnectionStatus,
    /// Display name of the account at the provider.
    pub account_label: Option<String>,
    pub environment: Environment,
    /// Id of the account at the provider. For Salesforce, it is the organization id with 18 characters.
    pub external_account_id: Option<String>,
    /// Message about the last error: what happened and what to do; `null` if the connection works.
    pub last_error: Option<String>,
    /// Time of the last webhook call or successful API call.
    pub last_activity_at: Option<Timestamp>,
    /// Time of the first accepted webhook call. Omitted in the browser, which does not need it.
    #[cfg(feature = "server")]
    pub trigger_seen_at: Option<Timestamp>,
    #[schema(value_type = Object)]
    pub metadata: Settings,
    /// Data for the confirmation; `null` if the status is not `needs_confirmation`.
    pub confirmation: Option<Confirmation>,
    pub created_at: Timestamp,
    pub updated_at: Timestamp,
}

/// Data that an admin checks before confirming a connection.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Confirmation {
    /// Name of the user at the provider who gave consent; `null` if the provider does not report it.
    pub user: Option<String>,
    /// Host of the account, such as `acme.my.salesforce.com`.
    pub host: String,
    /// Name of the user who started the flow.
    pub started_by: String,
    /// Time at which the connection is revoked automatically if no admin has confirmed it.
    pub expires_at: Timestamp,
}

impl Connection {
    /// Whether the provider needs setup steps. This is the case for CRMs, because they need webhook calls and write-back.
    pub fn has_setup(&self) -> bool {
        self.integration.capabilities.contains(&Capability::Deals)
    }
}

/// Settings of a connection; `metadata` in the API. An absent setting has its default value.
///
/// The browser ignores unknown settings, because it does not show them.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, ToSchema)]
#[cfg_attr(feature = "server", serde(deny_unknown_fields))]
pub struct Settings {
    /// API name of the Opportunity field to which the contract's status is written.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub status_field: Option<String>,
    /// Labels to write to the provider instead of [`NegotiationStatus::label`].
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub status_labels: BTreeMap<NegotiationStatus, String>,
    /// Stages that trigger a webhook call. The setup package and the reconciliation use them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub trigger_stages: Vec<String>,
    #[serde(default, skip_serializing_if = "FileRule::is_newest")]
    pub file_rule: FileRule,
    /// Whether webhook calls must be signed in addition to containing the secret.
    #[cfg(feature = "server")]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub webhook_signature: Option<SignatureRule>,
}

/// Last change of a connection's settings.
#[cfg(feature = "server")]
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SettingsChange {
    /// Name of the user who changed the settings.
    pub by: String,
    pub at: Timestamp,
}

/// Whether webhook calls must be signed.
#[cfg(feature = "server")]
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum SignatureRule {
    /// The setup package signs the calls, but LexiContract does not require a signature: the secret suffices. For testing the
    /// signatures.
    Optional,
    /// A call without a valid signature is rejected, like a call with a wrong secret.
    Required,
}

/// Default of [`Settings::status_field`].
pub const DEFAULT_STATUS_FIELD: &str = "LexiContract_Status__c";
/// Default of [`Settings::trigger_stages`].
pub const DEFAULT_TRIGGER_STAGE: &str = "Needs Legal Review";

impl Settings {
    pub fn status_field(&self) -> &str {
        self.status_field.as_deref().unwrap_or(DEFAULT_STATUS_FIELD)
    }

    pub fn trigger_stages(&self) -> Vec<String> {
        if self.trigger_stages.is_empty() { vec![DEFAULT_TRIGGER_STAGE.to_owned()] } else { self.trigger_stages.clone() }
    }

    pub fn status_label(&self, status: NegotiationStatus) -> &str {
        self.status_labels.get(&status).map_or(status.label(), String::as_str)
    }

    #[cfg(feature = "server")]
    pub fn requires_signature(&self) -> bool {
        self.webhook_signature == Some(SignatureRule::Required)
    }

    /// Returns the settings after a change: replaces the given top-level keys, and removes the keys whose value is `null`.
    ///
    /// # Errors
    ///
    /// Returns a sentence with the key and its allowed values.
    pub fn merged(&self, changes: &Map<String, Value>) -> Result<Self, String> {
        let mut merged = match serde_json::to_value(self) {
            Ok(Value::Object(map)) => map,
            _ => Map::new(),
        };
        for (key, value) in changes {
            match value {
                Value::Null if KEYS.contains(&key.as_str()) => merged.remove(key),
                _ => merged.insert(key.clone(), value.clone()),
            };
        }
        let settings: Self = serde_json::from_value(Value::Object(merged)).map_err(|error| format!("`metadata`: {error}"))?;
        settings.validated()
    }

    fn validated(mut self) -> Result<Self, String> {
        self.file_rule = self.file_rule.validated()?;
        if self.status_field.as_deref().is_some_and(|name| !is_field_name(name)) {
            return Err("`metadata.status_field` must be the API name of a field, such as `LexiContract_Status__c`".to_owned());
        }
        if !self.status_labels.values().all(|label| is_label(label)) {
            return Err(format!("`metadata.status_labels` must hold {LABELS}"));
        }
        if self.trigger_stages.len() > MAX_STAGES || !self.trigger_stages.iter().all(|stage| is_label(stage)) {
            return Err(format!("`metadata.trigger_stages` must hold at most {MAX_STAGES} {LABELS}"));
        }
        Ok(self)
    }
}

const KEYS: [&str; 5] = ["status_field", "status_labels", "trigger_stages", "file_rule", "webhook_signature"];
/// Maximum length of a picklist label in Salesforce.
const MAX_LABEL_CHARACTERS: usize = 255;
const MAX_STAGES: usize = 50;
const LABELS: &str = "texts of 1 to 255 characters, without line breaks and other control characters";

fn is_label(text: &str) -> bool {
    !text.trim().is_empty() && text.chars().count() <= MAX_LABEL_CHARACTERS && !text.chars().any(char::is_control)
}

/// Whether the name has the format of a Salesforce API name: it starts with a letter and contains letters, digits and
/// underscores. Two consecutive underscores are allowed, because the suffix `__c` and a namespace contain them.
fn is_field_name(name: &str) -> bool {
    name.len() <= 80
        && name.starts_with(|c: char| c.is_ascii_alphabetic())
        && !name.ends_with('_')
        && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
}

/// Method by which the setup package provides the status field.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema, EnumString)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum StatusFieldType {
    /// Creates a picklist that is restricted to the labels of the connection.
    #[default]
    Picklist,
    /// Creates a text field.
    Text,
    /// Creates no field, because the field exists already.
    Existing,
}

/// Result of removing a connection.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Disconnected {
    /// Name of the provider.
    pub name: String,
    pub receipt: DisconnectionId,
}

/// Response to a request for connecting an account.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Authorization {
    /// URL of the provider's consent page.
    pub authorization_url: String,
}

/// A new webhook secret. Its value is shown only once.
#[derive(Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct NewWebhookSecret {
    /// Value of the header `X-Webhook-Secret`.
    pub secret: String,
    /// Signing key in the format of Standard Webhooks: `whsec_` followed by base64.
    pub signing_key: String,
    /// Expiry of the previous secret; `null` if there was no previous secret.
    pub previous_valid_until: Option<Timestamp>,
}

/// A webhook secret. Its value is not included.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct WebhookSecretInfo {
    /// The first characters of the secret.
    pub prefix: String,
    pub created_at: Timestamp,
    /// Expiry; `null` for the current secret.
    pub valid_until: Option<Timestamp>,
    /// Time of the last call that contained this secret.
    pub last_used_at: Option<Timestamp>,
    /// Time of the last call that was signed with this secret's key.
    pub last_signed_at: Option<Timestamp>,
}

#[cfg(test)]
mod tests;
