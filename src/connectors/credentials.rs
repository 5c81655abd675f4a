//! The credentials of a connection, and the JSON form in which the vault encrypts and stores them.

use crate::domain::time::Timestamp;
use crate::secret::Secret;
use serde::{Deserialize, Deserializer};
use serde_json::json;
use std::collections::BTreeMap;
use url::Url;

/// Decrypted credentials of one connection. The type does not implement `Serialize`, so only [`Self::to_json`] can write secrets.
#[derive(Clone, Debug)]
#[expect(clippy::large_enum_variant, reason = "decrypted once per job and destructured immediately")]
pub enum Credentials {
    ApiKey(BTreeMap<String, Secret<String>>),
    OAuth2(Tokens),
}

#[derive(Clone, Debug, Deserialize)]
pub struct Tokens {
    #[serde(deserialize_with = "secret")]
    pub access_token: Secret<String>,
    /// Salesforce may replace the refresh token whenever it is used.
    #[serde(deserialize_with = "secret")]
    pub refresh_token: Secret<String>,
    /// Base URL of every API call. Each refresh updates it.
    pub instance_url: Url,
    /// Login host at which the user gave consent. Other login hosts reject the refresh token.
    pub login_url: Url,
    /// The user's identity URL, such as `https://login.salesforce.com/id/{org}/{user}`.
    pub identity_url: String,
    pub scopes: Vec<String>,
    pub issued_at: Timestamp,
}

fn secret<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Secret<String>, D::Error> {
    String::deserialize(deserializer).map(Secret::new)
}

#[derive(Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
#[expect(clippy::large_enum_variant, reason = "decrypted once per job and destructured immediately")]
enum StoredCredentials {
    ApiKey {
        fields: BTreeMap<String, String>,
    },
    #[serde(rename = "oauth2", alias = "o_auth2")]
    OAuth2(Tokens),
}

impl Credentials {
    pub fn to_json(&self) -> Secret<Vec<u8>> {
        let stored = match self {
            Self::ApiKey(fields) => {
                let fields: BTreeMap<_, _> = fields.iter().map(|(name, value)| (name, value.expose())).collect();
                json!({ "type": "api_key", "fields": fields })
            }
            Self::OAuth2(tokens) => json!({
                "type": "oauth2",
                "access_token": tokens.access_token.expose(),
                "refresh_token": tokens.refresh_token.expose(),
                "instance_url": tokens.instance_url,
                "login_url": tokens.login_url,
                "identity_url": tokens.identity_url,
                "scopes": tokens.scopes,
                "issued_at": tokens.issued_at,
            }),
        };
        Secret::new(stored.to_string().into_bytes())
    }

    /// Parses the output of [`Self::to_json`].
    pub fn from_json(json: &Secret<Vec<u8>>) -> Option<Self> {
        Some(match serde_json::from_slice(json.expose()).ok()? {
            StoredCredentials::ApiKey { fields } => {
                Self::ApiKey(fields.into_iter().map(|(name, value)| (name, Secret::new(value))).collect())
            }
            StoredCredentials::OAuth2(tokens) => Self::OAuth2(tokens),
        })
    }
}
