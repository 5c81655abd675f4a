//! Pipedrive: connects with an API token.

use super::error_rules::KEY_RULES;
use super::{Account, ApiKey, AuthMethod, Call, Connector, Error, Field, Identity, KeyFieldInfo, KeyScheme, ObjectUse};
use crate::domain::connection::catalogue::{Category, TestedAgainst};
use crate::domain::connection::terms::{NEUTRAL, Terms};
use async_trait::async_trait;
use serde::Deserialize;

pub(super) static PIPEDRIVE: Connector = Connector {
    slug: "pipedrive",
    name: "Pipedrive",
    terms: &TERMS,
    description: "Connects your Pipedrive company with an API token.",
    category: Category::Crm,
    auth: &[AuthMethod::ApiKey(ApiKey {
        fields: &FIELDS,
        origin: "https://api.pipedrive.com",
        scheme: KeyScheme::Header("x-api-token"),
    })],
    tested_against: TestedAgainst::Simulator,
    missing: "For now, the key is only stored and checked daily. Deals are not read yet.",
    connect_message: |_| "",
    revocation_guide: "",
    hosts: &["pipedrive.com"],
    form_targets: &[],
    variables: &[],
    error_rules: KEY_RULES,
    error_body: |_| None,
    hides_error: |_| false,
    api_limit: |_| None,
    identity: &Pipedrive,
    deals: None,
    data_use: &[ObjectUse {
        object: "User",
        purpose: "Shows which user of which company is connected.",
        reads: &[Field::Named("id"), Field::Named("name"), Field::Named("company_id"), Field::Named("company_name")],
        writes: &[],
    }],
    file_back: None,
    webhooks: &[],
    setup_package: None,
};

static TERMS: Terms =
    Terms { slug: "pipedrive", provider: "Pipedrive", administrator: "Your Pipedrive administrator", ..NEUTRAL };

static FIELDS: [KeyFieldInfo; 1] = [KeyFieldInfo {
    name: "api_key",
    label: "API token",
    help: "In Pipedrive: your picture → Personal preferences → API. The token has all rights of its user, so use a dedicated user.",
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
impl Identity for Pipedrive {
    async fn identify(&self, call: &Call) -> Result<Account, Error> {
        let Me { data: user } = call.get("read the Pipedrive user", "/api/v1/users/me").json().await?;
        Ok(Account {
            external_id: format!("{}:{}", user.company_id, user.id),
            label: format!("{} ({})", user.name, user.company_name),
            user: None,
        })
    }
}
