//! HubSpot: connects with the access token of a private app.

use super::error_rules::KEY_RULES;
use super::{Account, ApiKey, AuthMethod, Call, Connector, Error, Field, Identity, KeyFieldInfo, KeyScheme, ObjectUse};
use crate::domain::connection::catalogue::{Category, TestedAgainst};
use crate::domain::connection::terms::{NEUTRAL, Terms};
use async_trait::async_trait;
use serde::Deserialize;

pub(super) static HUBSPOT: Connector = Connector {
    slug: "hubspot",
    name: "HubSpot",
    terms: &TERMS,
    description: "Connects your HubSpot account with the token of a private app.",
    category: Category::Crm,
    auth: &[AuthMethod::ApiKey(ApiKey { fields: &FIELDS, origin: "https://api.hubapi.com", scheme: KeyScheme::Bearer })],
    tested_against: TestedAgainst::Simulator,
    missing: "For now, the key is only stored and checked daily. Deals are not read yet.",
    connect_message: |_| "",
    revocation_guide: "",
    hosts: &["hubapi.com"],
    form_targets: &[],
    variables: &[],
    error_rules: KEY_RULES,
    error_body: |_| None,
    hides_error: |_| false,
    api_limit: |_| None,
    identity: &HubSpot,
    deals: None,
    data_use: &[ObjectUse {
        object: "Account information",
        purpose: "Shows which account is connected.",
        reads: &[Field::Named("portalId")],
        writes: &[],
    }],
    file_back: None,
    webhooks: &[],
    setup_package: None,
};

static TERMS: Terms = Terms { slug: "hubspot", provider: "HubSpot", administrator: "Your HubSpot administrator", ..NEUTRAL };

static FIELDS: [KeyFieldInfo; 1] = [KeyFieldInfo {
    name: "api_key",
    label: "Private app access token",
    help: "In HubSpot: Settings → Integrations → Private Apps (or Legacy Apps) → your app → Auth. The token begins with `pat-`.",
    help_url: "https://developers.hubspot.com/docs/guides/apps/private-apps/overview",
}];

struct HubSpot;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Details {
    portal_id: u64,
}

#[async_trait]
impl Identity for HubSpot {
    async fn identify(&self, call: &Call) -> Result<Account, Error> {
        let details: Details = call.get("read the HubSpot account", "/account-info/v3/details").json().await?;
        Ok(Account {
            external_id: details.portal_id.to_string(),
            label: format!("HubSpot account {}", details.portal_id),
            user: None,
        })
    }
}
