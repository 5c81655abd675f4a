//! An organization's connection to an integration, and the states it goes through.

pub mod catalogue;
pub(crate) mod check;
pub mod connect_failure;
pub mod deal;
pub mod deal_schema;
pub mod disconnection;
pub mod dry_run;
pub mod health;
pub mod record;
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
use std::collections::BTreeMap;
use utoipa::ToSchema;

pub use super::connection::check::{Check, CheckCode, ConnectionTest};

/// Whether a connection works.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ConnectionStatus {
    /// The last call succeeded.
    Connected,
    /// Calls fail for a reason that passes; they are retried.
    Degraded,
    /// The provider no longer accepts our credentials; a person must connect again.
    NeedsReconnect,
    /// An admin has not confirmed the account yet, so nothing uses the connection. Never stored: it follows from the table.
    NeedsConfirmation,
}

impl ConnectionStatus {
    /// The word of the API and the database.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Connected => "connected",
            Self::Degraded => "degraded",
            Self::NeedsReconnect => "needs_reconnect",
            Self::NeedsConfirmation => "needs_confirmation",
        }
    }

    /// What people read.
    pub fn label(self) -> &'static str {
        match self {
            Self::Connected => "Connected",
            Self::Degraded => "Degraded",
            Self::NeedsReconnect => "Needs reconnect",
            Self::NeedsConfirmation => "Needs confirmation",
        }
    }

    /// The stored status of that name.
    pub fn parse(text: &str) -> Option<Self> {
        [Self::Connected, Self::Degraded, Self::NeedsReconnect].into_iter().find(|status| status.as_str() == text)
    }
}

/// Which of a provider's worlds a connection reaches.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Environment {
    /// The customer's live data.
    Production,
    /// A copy to try things on.
    Sandbox,
    /// A host of the customer's own, such as `acme.my.salesforce.com`.
    MyDomain,
}

impl Environment {
    /// The word of the API and the database.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Production => "production",
            Self::Sandbox => "sandbox",
            Self::MyDomain => "my_domain",
        }
    }

    /// What people read.
    pub fn label(self) -> &'static str {
        match self {
            Self::Production => "Production",
            Self::Sandbox => "Sandbox",
            Self::MyDomain => "My Domain",
        }
    }

    /// The environment of that name.
    pub fn parse(text: &str) -> Option<Self> {
        [Self::Production, Self::Sandbox, Self::MyDomain].into_iter().find(|environment| environment.as_str() == text)
    }
}

/// A connection, as people and programs see it. Holds no credential.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Connection {
    /// Its id; a reconnect keeps it.
    pub id: ConnectionId,
    /// What it connects to.
    pub integration: IntegrationSummary,
    /// Whether the webhook and the write-back work at all; a person may switch them off.
    pub is_enabled: bool,
    /// Whether it works.
    pub status: ConnectionStatus,
    /// The account at the provider, in words.
    pub account_label: Option<String>,
    /// Which of the provider's worlds it reaches.
    pub environment: Environment,
    /// The account's id at the provider; for Salesforce the organization's, 18 characters.
    pub external_account_id: Option<String>,
    /// What went wrong last, and what to do about it; `null` while it works.
    pub last_error: Option<String>,
    /// When the provider last called us or answered us.
    pub last_activity_at: Option<Timestamp>,
    /// When the provider's first call of the webhook was taken; `null` before it. The browser does not need it.
    #[cfg(feature = "server")]
    pub trigger_seen_at: Option<Timestamp>,
    /// The settings a person may change.
    #[schema(value_type = Object)]
    pub metadata: Settings,
    /// What an admin has to confirm; `null` unless the status is `needs_confirmation`.
    pub confirmation: Option<Confirmation>,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it last changed.
    pub updated_at: Timestamp,
}

/// What an admin confirms before a connection is used.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Confirmation {
    /// The user at the provider who gave consent; `null` when the provider does not name the user.
    pub user: Option<String>,
    /// The host of the account, such as `acme.my.salesforce.com`.
    pub host: String,
    /// The name of the person who started it.
    pub started_by: String,
    /// When it is revoked automatically.
    pub expires_at: Timestamp,
}

impl Connection {
    /// Whether somebody at the provider has something to set up before it works: a CRM that calls us and that we write to.
    pub fn has_setup(&self) -> bool {
        self.integration.capabilities.contains(&Capability::Deals)
    }
}

/// The settings of a connection: `metadata` in the API. Absent means default.
///
/// The browser shows no setting, so it reads past those that it does not know.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, ToSchema)]
#[cfg_attr(feature = "server", serde(deny_unknown_fields))]
pub struct Settings {
    /// The API name of the Opportunity field that carries the status.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub status_field: Option<String>,
    /// What is written for a status, where it differs from its own label.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub status_labels: BTreeMap<NegotiationStatus, String>,
    /// The stages at which the Apex trigger calls; they go into the set-up package, and the comparison with Salesforce looks at them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub trigger_stages: Vec<String>,
    /// Which files may become a version.
    #[serde(default, skip_serializing_if = "FileRule::is_newest")]
    pub file_rule: FileRule,
    /// Whether calls of the webhook are signed, besides the secret that they carry.
    #[cfg(feature = "server")]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub webhook_signature: Option<SignatureRule>,
}

/// Who changed the settings of a connection, and when.
#[cfg(feature = "server")]
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SettingsChange {
    /// The person's name.
    pub by: String,
    /// When it was saved.
    pub at: Timestamp,
}

/// What is asked of the signature of a call.
#[cfg(feature = "server")]
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum SignatureRule {
    /// The set-up package signs; a call without a signature, or with a wrong one, is taken for its secret. To try it.
    Optional,
    /// A call without a right signature is refused as if its secret were wrong.
    Required,
}

/// The field written when the settings name none.
pub const DEFAULT_STATUS_FIELD: &str = "LexiContract_Status__c";
/// The stage at which the Apex trigger calls when the settings name none.
pub const DEFAULT_TRIGGER_STAGE: &str = "Needs Legal Review";

impl Settings {
    /// The API name of the field to write.
    pub fn status_field(&self) -> &str {
        self.status_field.as_deref().unwrap_or(DEFAULT_STATUS_FIELD)
    }

    /// The stages that start a review.
    pub fn trigger_stages(&self) -> Vec<String> {
        match self.trigger_stages.is_empty() {
            true => vec![DEFAULT_TRIGGER_STAGE.to_owned()],
            false => self.trigger_stages.clone(),
        }
    }

    /// What to write for a status.
    pub fn status_label(&self, status: NegotiationStatus) -> &str {
        self.status_labels.get(&status).map_or(status.label(), String::as_str)
    }

    /// Whether a call needs a signature.
    #[cfg(feature = "server")]
    pub fn requires_signature(&self) -> bool {
        self.webhook_signature == Some(SignatureRule::Required)
    }

    /// The settings with the given top-level keys replaced, and those that are `null` removed.
    ///
    /// # Errors
    /// A sentence that names the key and what it may hold.
    pub fn merged(&self, changes: &Map<String, Value>) -> Result<Self, String> {
        let mut merged = match serde_json::to_value(self) {
            Ok(Value::Object(map)) => map,
            _ => Map::new(),
        };
        for (key, value) in changes {
            match value {
                Value::Null if KEYS.contains(&key.as_str()) => drop(merged.remove(key)),
                _ => drop(merged.insert(key.clone(), value.clone())),
            }
        }
        let settings: Self = serde_json::from_value(Value::Object(merged)).map_err(|error| format!("`metadata`: {error}"))?;
        settings.checked()
    }

    fn checked(mut self) -> Result<Self, String> {
        self.file_rule = self.file_rule.checked()?;
        if self.status_field.as_deref().is_some_and(|name| !is_field_name(name)) {
            return Err("`metadata.status_field` must be the API name of a field, such as `LexiContract_Status__c`".to_owned());
        }
        if !self.status_labels.values().all(|label| is_label(label)) {
            return Err(format!("`metadata.status_labels` must hold {}", labels()));
        }
        if self.trigger_stages.len() > MAX_STAGES || !self.trigger_stages.iter().all(|stage| is_label(stage)) {
            return Err(format!("`metadata.trigger_stages` must hold at most {MAX_STAGES} {}", labels()));
        }
        Ok(self)
    }
}

const KEYS: [&str; 5] = ["status_field", "status_labels", "trigger_stages", "file_rule", "webhook_signature"];
/// The length of a Salesforce picklist label.
const MAX_LABEL_CHARACTERS: usize = 255;
const MAX_STAGES: usize = 50;

fn labels() -> String {
    format!("texts of 1 to {MAX_LABEL_CHARACTERS} characters, without line breaks and other control characters")
}

fn is_label(text: &str) -> bool {
    !text.trim().is_empty() && text.chars().count() <= MAX_LABEL_CHARACTERS && !text.chars().any(char::is_control)
}

/// Salesforce's rule for API names: letters, digits and single underscores, a letter first; `__c` and a namespace double them.
fn is_field_name(name: &str) -> bool {
    name.len() <= 80
        && name.starts_with(|c: char| c.is_ascii_alphabetic())
        && !name.ends_with('_')
        && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
}

/// What the set-up package makes of the field that carries the status.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum StatusFieldType {
    /// A picklist that takes only the labels of this connection.
    #[default]
    Picklist,
    /// A text field.
    Text,
    /// Nothing: the field is there already.
    Existing,
}

impl StatusFieldType {
    /// The type of that name.
    pub fn parse(text: &str) -> Option<Self> {
        match text {
            "picklist" => Some(Self::Picklist),
            "text" => Some(Self::Text),
            "existing" => Some(Self::Existing),
            _ => None,
        }
    }
}

/// What happened to a connection that was removed.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Disconnected {
    /// The provider it led to.
    pub name: String,
    /// The receipt: what was wiped, what was kept, and whether the access was ended at the provider.
    pub receipt: DisconnectionId,
}

/// The answer to a request to connect.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Authorization {
    /// Where the person must go to give consent.
    pub authorization_url: String,
}

/// A new webhook secret. It is shown this once.
#[derive(Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct NewWebhookSecret {
    /// The secret for the header `X-Webhook-Secret`.
    pub secret: String,
    /// The key for signing calls, in the form of Standard Webhooks: `whsec_` and base64.
    pub signing_key: String,
    /// Until when the one before it works; `null` when there was none.
    pub previous_valid_until: Option<Timestamp>,
}

/// What a connection page shows about a webhook secret: everything but the secret.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct WebhookSecretInfo {
    /// Its first characters.
    pub prefix: String,
    /// When it was made.
    pub created_at: Timestamp,
    /// Until when it works; `null` for the current one.
    pub valid_until: Option<Timestamp>,
    /// When a call last carried it.
    pub last_used_at: Option<Timestamp>,
    /// When a call was last signed with the key that came with it.
    pub last_signed_at: Option<Timestamp>,
}

#[cfg(test)]
mod tests;
