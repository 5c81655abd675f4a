//! What the token endpoint hands over. It may leave out almost anything, and says nothing about when the token ends.

use super::OAuthClient;
use crate::{
    connectors::{Ctx, Error, Fault, Kind, Tokens},
    domain::{connection::connect_failure::ConnectFailure, time::Timestamp},
    secret::Secret,
};
use serde::{Deserialize, Deserializer};
use serde_json::Value;
use url::Url;

/// The answer of the token endpoint. Empty texts count as missing.
#[derive(Deserialize)]
pub(super) struct TokenAnswer {
    access_token: Option<String>,
    refresh_token: Option<String>,
    instance_url: Option<String>,
    id: Option<String>,
    scope: Option<String>,
    #[serde(default, deserialize_with = "text_or_number")]
    issued_at: Option<String>,
}

impl TokenAnswer {
    /// The tokens of a new grant.
    pub(super) fn into_first_tokens(self, ctx: &Ctx, client: OAuthClient, login_url: &Url) -> Result<Tokens, Error> {
        let access_token = self.access_token()?;
        let instance_url = self.instance_url(ctx, client)?.ok_or_else(|| missing("instance_url"))?;
        let refresh_token = present(self.refresh_token.as_ref()).map(Secret::from).ok_or_else(|| {
            missing("refresh_token")
                .advise((client.connector.connect_message)(ConnectFailure::RefreshTokenMissing))
                .while_connecting(ConnectFailure::RefreshTokenMissing)
        })?;
        let identity_url = self.identity_url(client).ok_or_else(|| missing("id"))?;
        Ok(Tokens {
            access_token,
            refresh_token,
            instance_url,
            login_url: login_url.clone(),
            identity_url,
            scopes: self.scopes().unwrap_or_default(),
            issued_at: self.issued_at(ctx),
        })
    }

    /// The tokens after a refresh: what the answer leaves out stays as it was.
    pub(super) fn into_next_tokens(self, ctx: &Ctx, client: OAuthClient, before: &Tokens) -> Result<Tokens, Error> {
        Ok(Tokens {
            access_token: self.access_token()?,
            refresh_token: present(self.refresh_token.as_ref()).map_or_else(|| before.refresh_token.clone(), Secret::from),
            instance_url: self.instance_url(ctx, client)?.unwrap_or_else(|| before.instance_url.clone()),
            login_url: before.login_url.clone(),
            identity_url: self.identity_url(client).unwrap_or_else(|| before.identity_url.clone()),
            scopes: self.scopes().unwrap_or_else(|| before.scopes.clone()),
            issued_at: self.issued_at(ctx),
        })
    }

    fn access_token(&self) -> Result<Secret<String>, Error> {
        let token = present(self.access_token.as_ref()).filter(|token| token.bytes().all(|byte| byte.is_ascii_graphic()));
        token.map(Secret::from).ok_or_else(|| missing("access_token"))
    }

    /// The base of every call, without a path; refused unless it is one of the provider's hosts.
    fn instance_url(&self, ctx: &Ctx, client: OAuthClient) -> Result<Option<Url>, Error> {
        let Some(text) = present(self.instance_url.as_ref()) else { return Ok(None) };
        let url = Url::parse(text).ok().filter(|url| client.settings(&ctx.config).allows(url));
        let Some(mut url) = url else {
            return Err(Error::new(Kind::HostNotAllowed, "the token answer names an instance that is not one of the provider's")
                .while_connecting(ConnectFailure::InstanceNotAllowed));
        };
        url.set_path("/");
        url.set_query(None);
        url.set_fragment(None);
        Ok(Some(url))
    }

    /// The identity URL. It is never called; it names the account and the user.
    fn identity_url(&self, client: OAuthClient) -> Option<String> {
        let text = present(self.id.as_ref())?;
        (client.method.is_identity)(text).then(|| text.to_owned())
    }

    fn scopes(&self) -> Option<Vec<String>> {
        present(self.scope.as_ref()).map(|scopes| scopes.split_whitespace().map(str::to_owned).collect())
    }

    /// Milliseconds since 1970, written as text.
    fn issued_at(&self, ctx: &Ctx) -> Timestamp {
        let millis = present(self.issued_at.as_ref()).and_then(|text| text.parse().ok());
        millis.map_or_else(|| ctx.clock.now(), Timestamp::from_millis)
    }
}

fn text_or_number<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<String>, D::Error> {
    Ok(match Value::deserialize(deserializer)? {
        Value::String(text) => Some(text),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    })
}

fn present(text: Option<&String>) -> Option<&str> {
    text.map(|text| text.trim()).filter(|text| !text.is_empty())
}

fn missing(name: &str) -> Error {
    Error::fault(Fault::Malformed, format!("the token answer has no usable `{name}`"))
}
