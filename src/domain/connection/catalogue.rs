//! The catalogue of integrations.

use crate::domain::ids::IntegrationId;
use serde::{Deserialize, Serialize};
use strum::{EnumString, IntoStaticStr, VariantArray};
use utoipa::ToSchema;

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema, EnumString, IntoStaticStr, VariantArray)]
#[strum(const_into_str)]
pub enum Category {
    #[serde(rename = "CRM")]
    #[strum(serialize = "CRM")]
    Crm,
    #[serde(rename = "ERP")]
    #[strum(serialize = "ERP")]
    Erp,
    Storage,
}

impl Category {
    pub const ALL: &[Self] = Self::VARIANTS;
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema, EnumString, IntoStaticStr)]
#[strum(serialize_all = "snake_case", const_into_str)]
pub enum AuthType {
    #[serde(rename = "api_key")]
    ApiKey,
    #[serde(rename = "oauth2")]
    #[strum(serialize = "oauth2")]
    OAuth2,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Capability {
    /// Contracts are created from deals, and their status is written back.
    Deals,
    Webhook,
    /// Approved or signed versions can be stored at the provider.
    FileBack,
}

/// Software with which an integration was tested. The strongest evidence comes first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum TestedAgainst {
    /// The provider's own server software.
    RealServer,
    /// The vendor's client library with a simulator.
    VendorSdk,
    /// A third-party client library with a simulator.
    ClientLibrary,
    Simulator,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Integration {
    /// Identical in every installation.
    pub id: IntegrationId,
    /// Short name for URLs.
    pub slug: String,
    pub name: String,
    pub description: String,
    pub category: Category,
    pub auth_type: AuthType,
    /// The first method is `auth_type`.
    pub auth_methods: Vec<AuthType>,
    pub capabilities: Vec<Capability>,
    pub tested_against: TestedAgainst,
    /// A sentence about unsupported features; `null` if all features are supported.
    pub missing: Option<String>,
    /// True if users can connect this integration on this server.
    pub available: bool,
    /// `null` if the integration is available.
    pub unavailable_reason: Option<String>,
    /// Form fields for an API key; empty for OAuth 2.0.
    pub fields: Vec<KeyField>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct KeyField {
    /// Name of the field in the request body.
    pub name: String,
    pub label: String,
    /// Explains where to find the value.
    pub help: String,
    pub help_url: String,
}

/// The part of a catalogue entry that is included in a connection.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct IntegrationSummary {
    pub id: IntegrationId,
    pub slug: String,
    pub name: String,
    pub category: Category,
    pub auth_type: AuthType,
    pub capabilities: Vec<Capability>,
}
