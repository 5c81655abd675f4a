//! HubSpot: the token of a private app, tried by asking for its account.

use super::{
    Access, Account, ApiKeyConnector, ConnectorInfo, Ctx, Error, KeyFieldInfo,
    key::{api_key, origin, try_key},
};
use crate::{
    domain::{
        catalogue::{AuthType, Category, TestedAgainst},
        terms::{NEUTRAL, Terms},
    },
    secret::Secret,
};
use async_trait::async_trait;
use serde::Deserialize;
use std::collections::BTreeMap;

/// The public origin of the API.
const HUBSPOT_ORIGIN: &str = "https://api.hubapi.com";

pub(super) static HUBSPOT: ConnectorInfo = ConnectorInfo {
    slug: "hubspot",
    name: "HubSpot",
    terms: &TERMS,
    description: "Connects your HubSpot account with the token of a private app.",
    category: Category::Crm,
    auth_type: AuthType::ApiKey,
    tested_against: TestedAgainst::Simulator,
    missing: "Only the key is stored and checked daily. Deals are not read yet.",
    access: Access::ApiKey(&HubSpot),
    connect_message: |_| "",
    revocation_guide: "",
    guide: None,
    hosts: &[],
    api_origin: Some(HUBSPOT_ORIGIN),
    form_targets: &[],
    variables: &[],
    webhooks: &[],
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
impl ApiKeyConnector for HubSpot {
    fn fields(&self) -> &'static [KeyFieldInfo] {
        &FIELDS
    }

    async fn identify(&self, ctx: &Ctx, fields: &BTreeMap<String, Secret<String>>) -> Result<Account, Error> {
        let url = origin(ctx.config.provider("hubspot").api_url.as_ref(), HUBSPOT_ORIGIN, "/account-info/v3/details")?;
        let request = ctx.http.get(url).bearer_auth(api_key(fields)?);
        let details: Details = try_key(ctx, "read the HubSpot account", request).await?.json()?;
        Ok(Account {
            external_id: details.portal_id.to_string(),
            label: format!("HubSpot account {}", details.portal_id),
            user: None,
        })
    }
}
