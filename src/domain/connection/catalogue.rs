//! The catalogue: what an organization may connect to.

use crate::domain::ids::IntegrationId;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// What kind of system an integration reaches.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
pub enum Category {
    /// Customer relationship management.
    #[serde(rename = "CRM")]
    Crm,
    /// Enterprise resource planning and accounting.
    #[serde(rename = "ERP")]
    Erp,
    /// Files and signatures.
    Storage,
}

impl Category {
    /// Every category, in the order of the page.
    pub const ALL: [Self; 3] = [Self::Crm, Self::Erp, Self::Storage];

    /// The word of the API, the database and the page.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Crm => "CRM",
            Self::Erp => "ERP",
            Self::Storage => "Storage",
        }
    }

    /// The category of that name.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|category| category.as_str() == text)
    }
}

/// How an integration authenticates us.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
pub enum AuthType {
    /// A key that a person pastes.
    #[serde(rename = "api_key")]
    ApiKey,
    /// OAuth 2.0, web-server flow.
    #[serde(rename = "oauth2")]
    OAuth2,
}

impl AuthType {
    /// The word of the API and the database.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::ApiKey => "api_key",
            Self::OAuth2 => "oauth2",
        }
    }

    /// The authentication type of that name.
    pub fn parse(text: &str) -> Option<Self> {
        [Self::ApiKey, Self::OAuth2].into_iter().find(|auth_type| auth_type.as_str() == text)
    }
}

/// What an integration can do once it is connected.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Capability {
    /// Contracts are made from deals, and their status is written back.
    Deals,
    /// The provider calls a webhook.
    Webhook,
}

/// What an integration was tested against, from the strongest evidence to the weakest.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum TestedAgainst {
    /// The provider's own software.
    RealServer,
    /// The vendor's official client library, against a simulator.
    VendorSdk,
    /// The best-kept client library that is not the vendor's, against a simulator.
    ClientLibrary,
    /// A simulator of our own.
    Simulator,
}

/// One entry of the catalogue.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Integration {
    /// Its id, the same in every installation.
    pub id: IntegrationId,
    /// Its short name in addresses.
    pub slug: String,
    /// Its name.
    pub name: String,
    /// What connecting it brings.
    pub description: String,
    /// What kind of system it is.
    pub category: Category,
    /// How it authenticates us.
    pub auth_type: AuthType,
    /// Every way in which it can be connected; the first is `auth_type`.
    pub auth_methods: Vec<AuthType>,
    /// What it can do once it is connected.
    pub capabilities: Vec<Capability>,
    /// What it was tested against.
    pub tested_against: TestedAgainst,
    /// What does not work yet, for people; `null` when nothing is missing.
    pub missing: Option<String>,
    /// Whether it can be connected on this server now.
    pub available: bool,
    /// Why it cannot be connected, and who can change that; `null` when it can.
    pub unavailable_reason: Option<String>,
    /// What to ask for when a key is pasted; empty for OAuth 2.0.
    pub fields: Vec<KeyField>,
}

/// One field of the form that asks for an API key.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct KeyField {
    /// Its name in the request body.
    pub name: String,
    /// Its label.
    pub label: String,
    /// Where a person finds the value.
    pub help: String,
    /// The provider's page about it.
    pub help_url: String,
}

/// The part of a catalogue entry that a connection repeats.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct IntegrationSummary {
    /// Its id.
    pub id: IntegrationId,
    /// Its short name in addresses.
    pub slug: String,
    /// Its name.
    pub name: String,
    /// What kind of system it is.
    pub category: Category,
    /// How it authenticates us.
    pub auth_type: AuthType,
    /// What it can do.
    pub capabilities: Vec<Capability>,
}
