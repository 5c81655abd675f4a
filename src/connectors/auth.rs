//! Authentication methods that connectors declare as static data.

use super::guide::ConnectGuide;
use crate::config::ProviderConfig;
use crate::domain::connection::Environment;
use crate::domain::connection::catalogue::AuthType;
use crate::domain::connection::connect_failure::ConnectFailure;
use crate::domain::problem::Invalid;
use std::time::Duration;
use url::Url;

pub enum AuthMethod {
    ApiKey(ApiKey),
    OAuth2(OAuth2),
}

impl AuthMethod {
    pub const fn auth_type(&self) -> AuthType {
        match self {
            Self::ApiKey(_) => AuthType::ApiKey,
            Self::OAuth2(_) => AuthType::OAuth2,
        }
    }
}

pub struct ApiKey {
    /// Fields of the form. The first field is always `api_key`.
    pub fields: &'static [KeyFieldInfo],
    /// Origin of the API for all accounts.
    pub origin: &'static str,
    pub scheme: KeyScheme,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KeyScheme {
    Bearer,
    Header(&'static str),
}

pub struct KeyFieldInfo {
    pub name: &'static str,
    pub label: &'static str,
    pub help: &'static str,
    pub help_url: &'static str,
}

/// A scope that the product requests.
pub struct Scope {
    pub name: &'static str,
    /// What the product uses it for.
    pub purpose: &'static str,
}

/// Settings of one provider for the OAuth 2.0 authorization code grant (RFC 6749) with PKCE S256 (RFC 7636).
pub struct OAuth2 {
    /// Returns the URL of an environment's login host. The third argument is user input for [`Environment::MyDomain`]: a host
    /// of the account, or a URL on such a host.
    pub login_url: fn(&ProviderConfig, Environment, Option<&str>) -> Result<Url, Invalid>,
    pub authorize_path: &'static str,
    /// Path of the token endpoint on the login host and on the account's host.
    pub token_path: &'static str,
    /// Path of the revocation endpoint (RFC 7009) on the login host and on the account's host.
    pub revoke_path: &'static str,
    pub scopes: &'static [Scope],
    /// Time after which the provider expires a refresh token that is not used; `None` if there is no such limit.
    pub idle_limit: Option<Duration>,
    /// Returns true if the `id` parameter of a token response identifies an account and a user.
    pub is_identity: fn(&str) -> bool,
    /// Values of the callback's `error` parameter in lower case, and their failures. They take precedence over the error rules.
    pub callback_errors: &'static [(&'static str, ConnectFailure)],
    pub guide: &'static ConnectGuide,
}
