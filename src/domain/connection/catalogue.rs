//! The catalogue of integrations.

use crate::domain::ids::IntegrationId;
use serde::{Deserialize, Serialize};
use strum::{EnumString, IntoStaticStr, VariantArray};
use utoipa::ToSchema;

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema, EnumString, IntoStaticStr, VariantArray)]
#[strum(const_into_str)]
pub enum Category {
    /// Customer relationship management.
    #[serde(rename = "CRM")]
    #[strum(serialize = "CRM")]
    Crm,
    /// Enterprise resource planning and accounting.
    #[serde(rename = "ERP")]
    #[strum(serialize = "ERP")]
    Erp,
    /// Files and signatures.
    Storage,
}

impl Category {
    pub const ALL: &[Self] = Self::VARIANTS;
}

/// Method by which LexiContract authenticates at an integration.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema, EnumString, IntoStaticStr)]
#[strum(serialize_all = "snake_case", const_into_str)]
pub enum AuthType {
    /// An API key that a user enters.
    #[serde(rename = "api_key")]
    ApiKey,
    /// OAuth 2.0 with the authorization code flow.
    #[serde(rename = "oauth2")]
    #[strum(serialize = "oauth2")]
    OAuth2,
}

/// A feature that an integration supports.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Capability {
    /// Creates contracts from deals and writes their status back.
    Deals,
    Webhook,
}

/// Software that an integration was tested against, from the strongest to the weakest evidence.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum TestedAgainst {
    /// The provider's own server software.
    RealServer,
    /// The vendor's official client library, against a simulator.
    VendorSdk,
    /// The most widely maintained third-party client library, against a simulator.
    ClientLibrary,
    /// Our own simulator.
    Simulator,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Integration {
    /// Id of the integration, identical in every installation.
    pub id: IntegrationId,
    /// Short name, used in URLs.
    pub slug: String,
    pub name: String,
    pub description: String,
    pub category: Category,
    pub auth_type: AuthType,
    /// All supported authentication types. The first is `auth_type`.
    pub auth_methods: Vec<AuthType>,
    pub capabilities: Vec<Capability>,
    pub tested_against: TestedAgainst,
    /// A sentence about features that are not supported yet; `null` if nothing is missing.
    pub missing: Option<String>,
    /// Whether users can connect this integration on this server.
    pub available: bool,
    /// Reason why the integration cannot be connected, and who can change that; `null` if it can be connected.
    pub unavailable_reason: Option<String>,
    /// Form fields for an API key; empty if the integration uses OAuth 2.0.
    pub fields: Vec<KeyField>,
}

/// A field in the form that asks for an API key.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct KeyField {
    /// Name of the field in the request body.
    pub name: String,
    pub label: String,
    /// Hint that explains where to find the value.
    pub help: String,
    /// URL of the provider's documentation about the value.
    pub help_url: String,
}

/// The part of a catalogue entry that is included in a connection.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct IntegrationSummary {
    pub id: IntegrationId,
    /// Short name, used in URLs.
    pub slug: String,
    pub name: String,
    pub category: Category,
    pub auth_type: AuthType,
    pub capabilities: Vec<Capability>,
}
