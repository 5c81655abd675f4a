//! Responses of the token endpoint. Most parameters are optional. No parameter contains the lifetime of the access token.

use super::OAuthClient;
use crate::{
    connectors::{Ctx, Error, Fault, Kind, Tokens, http::at_path},
    domain::{connection::connect_failure::ConnectFailure, time::Timestamp},
    secret::Secret,
};
use serde::{Deserialize, Deserializer};
use serde_json::Value;
use url::Url;

/// A successful response of the token endpoint. Empty strings count as missing.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct TokenResponse {
    #[serde(deserialize_with = "non_empty")]
    access_token: Option<String>,
    #[serde(deserialize_with = "non_empty")]
    refresh_token: Option<String>,
    #[serde(deserialize_with = "non_empty")]
    instance_url: Option<String>,
    #[serde(deserialize_with = "non_empty")]
    id: Option<String>,
    #[serde(deserialize_with = "non_empty")]
    scope: Option<String>,
    /// Time of issue in milliseconds since 1970, as a JSON string or number.
    issued_at: Value,
}

fn non_empty<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<String>, D::Error> {
    let text = Option::<String>::deserialize(deserializer)?;
    Ok(text.map(|text| text.trim().to_owned()).filter(|text| !text.is_empty()))
}

impl TokenResponse {
    /// Returns the tokens of a new grant.
    pub(super) fn into_first_tokens(self, ctx: &Ctx, client: OAuthClient, login_url: &Url) -> Result<Tokens, Error> {
        let access_token = self.access_token()?;
        let instance_url = self.instance_url(ctx, client)?.ok_or_else(|| missing("instance_url"))?;
        let refresh_token = self.refresh_token().ok_or_else(|| {
            let failure = ConnectFailure::RefreshTokenMissing;
            let message = (client.connector.connect_message)(failure);
            missing("refresh_token").with_message(message).with_connect_failure(failure)
        })?;
        Ok(Tokens {
            access_token,
            refresh_token,
            instance_url,
            login_url: login_url.clone(),
            identity_url: self.identity_url(client).ok_or_else(|| missing("id"))?,
            scopes: self.scopes().unwrap_or_default(),
            issued_at: self.issued_at(ctx),
        })
    }

    /// Returns the tokens after a refresh. Parameters that the response omits keep their previous values.
    pub(super) fn into_next_tokens(self, ctx: &Ctx, client: OAuthClient, previous: &Tokens) -> Result<Tokens, Error> {
        Ok(Tokens {
            access_token: self.access_token()?,
            refresh_token: self.refresh_token().unwrap_or_else(|| previous.refresh_token.clone()),
            instance_url: self.instance_url(ctx, client)?.unwrap_or_else(|| previous.instance_url.clone()),
            login_url: previous.login_url.clone(),
            identity_url: self.identity_url(client).unwrap_or_else(|| previous.identity_url.clone()),
            scopes: self.scopes().unwrap_or_else(|| previous.scopes.clone()),
            issued_at: self.issued_at(ctx),
        })
    }

    fn access_token(&self) -> Result<Secret<String>, Error> {
        let token = self.access_token.as_deref().filter(|token| token.bytes().all(|byte| byte.is_ascii_graphic()));
        token.map(Secret::from).ok_or_else(|| missing("access_token"))
    }

    fn refresh_token(&self) -> Option<Secret<String>> {
        self.refresh_token.as_deref().map(Secret::from)
    }

    /// The base URL for API calls, without a path. Rejects hosts that do not belong to the provider.
    fn instance_url(&self, ctx: &Ctx, client: OAuthClient) -> Result<Option<Url>, Error> {
        let Some(text) = &self.instance_url else { return Ok(None) };
        let url = Url::parse(text).ok().filter(|url| client.settings(&ctx.config).allows(url));
        let url = url.ok_or_else(|| {
            Error::new(Kind::HostNotAllowed, "the token response names an instance that is not one of the provider's")
                .with_connect_failure(ConnectFailure::InstanceNotAllowed)
        })?;
        Ok(Some(at_path(&url, "/")))
    }

    /// The identity URL. Its path contains the ids of the account and the user. We never request this URL.
    fn identity_url(&self, client: OAuthClient) -> Option<String> {
        self.id.clone().filter(|id| (client.method.is_identity)(id))
    }

    fn scopes(&self) -> Option<Vec<String>> {
        Some(self.scope.as_ref()?.split_whitespace().map(str::to_owned).collect())
    }

    fn issued_at(&self, ctx: &Ctx) -> Timestamp {
        let millis = match &self.issued_at {
            Value::String(text) => text.trim().parse().ok(),
            number => number.as_i64(),
        };
        millis.map_or_else(|| ctx.clock.now(), Timestamp::from_millis)
    }
}

fn missing(name: &str) -> Error {
    Error::fault(Fault::Malformed, format!("the token response has no usable `{name}`"))
}
