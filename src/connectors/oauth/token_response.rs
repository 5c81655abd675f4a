//! Responses of the token endpoint. Most parameters are optional. The responses do not contain the lifetime of the access token.

use super::OAuthClient;
use crate::connectors::http::at_path;
use crate::connectors::{Ctx, Error, Fault, Kind, Tokens};
use crate::domain::connection::connect_failure::ConnectFailure;
use crate::domain::time::Timestamp;
use crate::secret::Secret;
use serde::Deserialize;
use serde_json::Value;
use url::Url;

#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct TokenResponse {
    access_token: Option<String>,
    refresh_token: Option<String>,
    instance_url: Option<String>,
    id: Option<String>,
    scope: Option<String>,
    /// Time of issue in milliseconds since 1970, as a JSON string or number.
    issued_at: Value,
}

/// Returns the trimmed value of a parameter. Empty values count as missing.
fn value(parameter: Option<&str>) -> Option<&str> {
    parameter.map(str::trim).filter(|text| !text.is_empty())
}

impl TokenResponse {
    /// Converts the response to tokens. After a refresh, `previous` supplies the parameters that the response omits.
    pub(super) fn to_tokens(
        &self,
        ctx: &Ctx,
        client: OAuthClient,
        login_url: &Url,
        previous: Option<&Tokens>,
    ) -> Result<Tokens, Error> {
        let access_token = value(self.access_token.as_deref()).filter(|token| token.bytes().all(|byte| byte.is_ascii_graphic()));
        let access_token = access_token.map(Secret::from).ok_or_else(|| missing("access_token"))?;
        let instance_url = value(self.instance_url.as_deref()).map(|text| instance_url(text, ctx, client)).transpose()?;
        let kept_instance_url = || previous.map(|tokens| tokens.instance_url.clone());
        let instance_url = instance_url.or_else(kept_instance_url).ok_or_else(|| missing("instance_url"))?;
        let refresh_token = value(self.refresh_token.as_deref()).map(Secret::from);
        let kept_refresh_token = || previous.map(|tokens| tokens.refresh_token.clone());
        let refresh_token = refresh_token.or_else(kept_refresh_token).ok_or_else(|| {
            let failure = ConnectFailure::RefreshTokenMissing;
            let error = missing("refresh_token").with_message((client.connector.connect_message)(failure));
            Error { connect_failure: Some(failure), ..error }
        })?;
        // The path of the identity URL contains the ids of the account and the user. The URL is never requested.
        let identity_url = value(self.id.as_deref()).filter(|id| (client.method.is_identity)(id)).map(str::to_owned);
        let kept_identity_url = || previous.map(|tokens| tokens.identity_url.clone());
        let scopes = value(self.scope.as_deref()).map(|scope| scope.split_whitespace().map(str::to_owned).collect());
        Ok(Tokens {
            access_token,
            refresh_token,
            instance_url,
            login_url: login_url.clone(),
            identity_url: identity_url.or_else(kept_identity_url).ok_or_else(|| missing("id"))?,
            scopes: scopes.or_else(|| previous.map(|tokens| tokens.scopes.clone())).unwrap_or_default(),
            issued_at: self.issued_at(ctx),
        })
    }

    fn issued_at(&self, ctx: &Ctx) -> Timestamp {
        let millis = match &self.issued_at {
            Value::String(text) => text.trim().parse().ok(),
            number => number.as_i64(),
        };
        millis.map_or_else(|| ctx.clock.now(), Timestamp::from_millis)
    }
}

/// Returns the base URL for API calls, without a path. Rejects hosts that do not belong to the provider.
fn instance_url(text: &str, ctx: &Ctx, client: OAuthClient) -> Result<Url, Error> {
    match Url::parse(text) {
        Ok(url) if client.settings(&ctx.config).allows(&url) => Ok(at_path(&url, "/")),
        _ => {
            let context = "the token response names an instance that is not one of the provider's";
            let connect_failure = Some(ConnectFailure::InstanceNotAllowed);
            Err(Error { connect_failure, ..Error::new(Kind::HostNotAllowed, context) })
        }
    }
}

fn missing(name: &str) -> Error {
    Error::fault(Fault::Malformed, format!("the token response has no usable `{name}`"))
}
