//! Pipedrive: an API token, tried by asking whose it is.

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
const PIPEDRIVE_ORIGIN: &str = "https://api.pipedrive.com";

pub(super) static PIPEDRIVE: ConnectorInfo = ConnectorInfo {
    slug: "pipedrive",
    name: "Pipedrive",
    terms: &TERMS,
    description: "Connects your Pipedrive company with an API token.",
    category: Category::Crm,
    auth_type: AuthType::ApiKey,
    tested_against: TestedAgainst::Simulator,
    missing: "Only the key is stored and checked daily. Deals are not read yet.",
    access: Access::ApiKey(&Pipedrive),
    connect_message: |_| "",
    revocation_guide: "",
    guide: None,
    hosts: &[],
    api_origin: Some(PIPEDRIVE_ORIGIN),
    form_targets: &[],
    variables: &[],
    webhooks: &[],
};

static TERMS: Terms =
    Terms { slug: "pipedrive", provider: "Pipedrive", administrator: "Your Pipedrive administrator", ..NEUTRAL };

static FIELDS: [KeyFieldInfo; 1] = [KeyFieldInfo {
    name: "api_key",
    label: "API token",
    help: "In Pipedrive: your picture → Personal preferences → API. The token has all rights of its user, so a user of its own is best.",
    help_url: "https://support.pipedrive.com/en/article/how-can-i-find-my-personal-api-key",
}];

struct Pipedrive;

#[derive(Deserialize)]
struct Me {
    data: User,
}

#[derive(Deserialize)]
struct User {
    id: u64,
    name: String,
    company_id: u64,
    company_name: String,
}

#[async_trait]
impl ApiKeyConnector for Pipedrive {
    fn fields(&self) -> &'static [KeyFieldInfo] {
        &FIELDS
    }

    async fn identify(&self, ctx: &Ctx, fields: &BTreeMap<String, Secret<String>>) -> Result<Account, Error> {
        let url = origin(ctx.config.provider("pipedrive").api_url.as_ref(), PIPEDRIVE_ORIGIN, "/api/v1/users/me")?;
        let request = ctx.http.get(url).header("x-api-token", api_key(fields)?);
        let Me { data: user } = try_key(ctx, "read the Pipedrive user", request).await?.json()?;
        Ok(Account {
            external_id: format!("{}:{}", user.company_id, user.id),
            label: format!("{} ({})", user.name, user.company_name),
            user: None,
        })
    }
}
