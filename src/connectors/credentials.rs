//! The credentials of a connection, and the JSON form in which the vault encrypts and stores them.

use crate::{domain::time::Timestamp, secret::Secret};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use url::Url;

/// Decrypted credentials of one connection.
#[derive(Clone, Debug)]
#[expect(clippy::large_enum_variant, reason = "decrypted once per job and destructured immediately")]
pub enum Credentials {
    ApiKey(BTreeMap<String, Secret<String>>),
    OAuth2(Tokens),
}

/// The tokens of an OAuth grant and the hosts that accept them.
#[derive(Clone, Debug)]
pub struct Tokens {
    pub access_token: Secret<String>,
    /// Salesforce may replace the refresh token whenever it is used.
    pub refresh_token: Secret<String>,
    /// Base URL of every API call. Each refresh updates it.
    pub instance_url: Url,
    /// Login host where the user gave consent. Other login hosts reject the refresh token.
    pub login_url: Url,
    /// The user's identity URL, such as `https://login.salesforce.com/id/{org}/{user}`.
    pub identity_url: String,
    pub scopes: Vec<String>,
    pub issued_at: Timestamp,
}

/// The stored form of [`Credentials`]. It is private, so that no other module can serialize credentials.
#[derive(Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
#[expect(clippy::large_enum_variant, reason = "decrypted once per job and destructured immediately")]
enum StoredCredentials {
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
    /// Serializes the credentials for the vault.
    pub fn to_json(&self) -> Secret<Vec<u8>> {
        let stored = match self {
            Self::ApiKey(fields) => StoredCredentials::ApiKey {
                fields: fields.iter().map(|(name, value)| (name.clone(), value.expose().clone())).collect(),
            },
            Self::OAuth2(tokens) => StoredCredentials::OAuth2 {
                access_token: tokens.access_token.expose().clone(),
                refresh_token: tokens.refresh_token.expose().clone(),
                instance_url: tokens.instance_url.clone(),
                login_url: tokens.login_url.clone(),
                identity_url: tokens.identity_url.clone(),
                scopes: tokens.scopes.clone(),
                issued_at: tokens.issued_at,
            },
        };
        Secret::new(serde_json::to_vec(&stored).expect("strings and numbers can be serialized"))
    }

    /// Parses the output of [`Self::to_json`].
    pub fn from_json(json: &Secret<Vec<u8>>) -> Option<Self> {
        Some(match serde_json::from_slice(json.expose()).ok()? {
            StoredCredentials::ApiKey { fields } => {
                Self::ApiKey(fields.into_iter().map(|(name, value)| (name, Secret::new(value))).collect())
            }
            StoredCredentials::OAuth2 {
                access_token,
                refresh_token,
                instance_url,
                login_url,
                identity_url,
                scopes,
                issued_at,
            } => Self::OAuth2(Tokens {
                access_token: Secret::new(access_token),
                refresh_token: Secret::new(refresh_token),
                instance_url,
                login_url,
                identity_url,
                scopes,
                issued_at,
            }),
        })
    }
}
