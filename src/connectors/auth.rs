//! Authentication methods. Each connector declares its methods as static data.

use super::guide::ConnectGuide;
use crate::{
    config::ProviderConfig,
    domain::{
        connection::{Environment, catalogue::AuthType, connect_failure::ConnectFailure},
        problem::Invalid,
    },
};
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

/// An API key that a user pastes into a form.
pub struct ApiKey {
    /// Fields of the form. The first field is always `api_key`.
    pub fields: &'static [KeyFieldInfo],
    /// Origin of the API. It is the same for all accounts.
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

/// Settings of one provider for the OAuth 2.0 authorization code grant (RFC 6749) with PKCE S256 (RFC 7636).
pub struct OAuth2 {
    /// Returns the login host of an environment.
    /// The third argument is the user input `my_domain`: a host or any URL of the account.
    pub login_url: fn(&ProviderConfig, Environment, Option<&str>) -> Result<Url, Invalid>,
    /// Path of the authorization endpoint on the login host.
    pub authorize_path: &'static str,
    /// Path of the token endpoint. It exists on the login host and on the account's host.
    pub token_path: &'static str,
    /// Path of the revocation endpoint (RFC 7009). It exists on the login host and on the account's host.
    pub revoke_path: &'static str,
    pub scopes: &'static [&'static str],
    /// Whether a value of the token response's `id` parameter identifies an account and a user.
    pub is_identity: fn(&str) -> bool,
    /// Meaning of each value of the callback's `error` parameter, in lower case. Takes precedence over the error rules.
    pub callback_errors: &'static [(&'static str, ConnectFailure)],
    pub guide: &'static ConnectGuide,
}
