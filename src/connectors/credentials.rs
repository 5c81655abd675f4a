//! What is sealed in the vault, and its one written form.

use crate::{domain::time::Timestamp, secret::Secret};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use url::Url;

/// The credentials of one connection. They exist in clear only here and in the calls that use them.
#[derive(Clone, Debug)]
#[expect(clippy::large_enum_variant, reason = "opened once per job, and taken apart at once")]
pub enum Credentials {
    /// What a person pasted, by field name.
    ApiKey(BTreeMap<String, Secret<String>>),
    /// The tokens of an OAuth grant.
    OAuth2(Tokens),
}

/// The tokens of an OAuth grant, and where they are good.
#[derive(Clone, Debug)]
pub struct Tokens {
    /// For calls.
    pub access_token: Secret<String>,
    /// For new access tokens. Salesforce may replace it with every refresh.
    pub refresh_token: Secret<String>,
    /// The base of every call. Re-read from every refresh.
    pub instance_url: Url,
    /// The host where consent was given: a refresh token of one login host is refused by the other.
    pub login_url: Url,
    /// The identity URL, `https://login.salesforce.com/id/{org}/{user}`.
    pub identity_url: String,
    /// What was granted.
    pub scopes: Vec<String>,
    /// When the access token was issued.
    pub issued_at: Timestamp,
}

/// The credentials' written form. Private, so that nothing else can be serialized.
#[derive(Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
#[expect(clippy::large_enum_variant, reason = "opened once per job, and taken apart at once")]
enum Written {
    ApiKey {
        fields: BTreeMap<String, String>,
    },
    #[serde(rename = "oauth2", alias = "o_auth2")]
    OAuth2 {
        access_token: String,
        refresh_token: String,
        instance_url: Url,
        login_url: Url,
        identity_url: String,
        scopes: Vec<String>,
        issued_at: Timestamp,
    },
}

impl Credentials {
    /// The JSON that goes into the vault.
    pub fn to_json(&self) -> Secret<Vec<u8>> {
        let written = match self {
            Self::ApiKey(fields) => {
                Written::ApiKey { fields: fields.iter().map(|(name, value)| (name.clone(), value.expose().clone())).collect() }
            }
            Self::OAuth2(tokens) => Written::OAuth2 {
                access_token: tokens.access_token.expose().clone(),
                refresh_token: tokens.refresh_token.expose().clone(),
                instance_url: tokens.instance_url.clone(),
                login_url: tokens.login_url.clone(),
                identity_url: tokens.identity_url.clone(),
                scopes: tokens.scopes.clone(),
                issued_at: tokens.issued_at,
            },
        };
        Secret::new(serde_json::to_vec(&written).expect("texts and numbers have a JSON form"))
    }

    /// Reads what [`Self::to_json`] wrote; `None` for anything else.
    pub fn from_json(json: &Secret<Vec<u8>>) -> Option<Self> {
        Some(match serde_json::from_slice(json.expose()).ok()? {
            Written::ApiKey { fields } => {
                Self::ApiKey(fields.into_iter().map(|(name, value)| (name, Secret::new(value))).collect())
            }
            Written::OAuth2 { access_token, refresh_token, instance_url, login_url, identity_url, scopes, issued_at } => {
                Self::OAuth2(Tokens {
                    access_token: Secret::new(access_token),
                    refresh_token: Secret::new(refresh_token),
                    instance_url,
                    login_url,
                    identity_url,
                    scopes,
                    issued_at,
                })
            }
        })
    }
}
