//! Authentication methods, as data of a connector.

use super::guide::ConnectGuide;
use crate::{
    config::ProviderConfig,
    domain::{
        connection::{Environment, catalogue::AuthType, connect_failure::ConnectFailure},
        problem::Invalid,
    },
};
use url::Url;

/// A way to connect.
pub enum AuthMethod {
    /// With a key that a person pastes.
    ApiKey(ApiKey),
    /// With OAuth 2.0.
    OAuth2(OAuth2),
}

impl AuthMethod {
    /// Its word in the catalogue.
    pub const fn auth_type(&self) -> AuthType {
        match self {
            Self::ApiKey(_) => AuthType::ApiKey,
            Self::OAuth2(_) => AuthType::OAuth2,
        }
    }
}

/// A key that a person pastes.
pub struct ApiKey {
    /// The fields of the form. The first one is `api_key`.
    pub fields: &'static [KeyFieldInfo],
    /// The origin of the API, the same for all accounts.
    pub origin: &'static str,
    /// How the key is sent.
    pub scheme: KeyScheme,
}

/// How a key is sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KeyScheme {
    /// As a bearer token.
    Bearer,
    /// In a header of this name.
    Header(&'static str),
}

/// One field of a form that asks for a key.
pub struct KeyFieldInfo {
    /// Its name in the request body.
    pub name: &'static str,
    /// Its label.
    pub label: &'static str,
    /// Where a person finds the value.
    pub help: &'static str,
    /// The provider's page about it.
    pub help_url: &'static str,
}

/// The authorization code grant of RFC 6749 with PKCE S256 (RFC 7636), with the values of one provider.
pub struct OAuth2 {
    /// The login host of an environment. The text is what a person typed for `my_domain`: a host, or any address of the account.
    pub login_url: fn(&ProviderConfig, Environment, Option<&str>) -> Result<Url, Invalid>,
    /// The path of the authorization endpoint at the login host.
    pub authorize_path: &'static str,
    /// The path of the token endpoint, at the login host and at the account's own.
    pub token_path: &'static str,
    /// The path of the revocation endpoint (RFC 7009), at the same hosts.
    pub revoke_path: &'static str,
    /// The requested scopes.
    pub scopes: &'static [&'static str],
    /// Whether `id` of a token answer names an account and a user.
    pub is_identity: fn(&str) -> bool,
    /// Meaning of `error` in the callback, in lower case; checked before the error rules.
    pub callback_errors: &'static [(&'static str, ConnectFailure)],
    /// The text of the page before consent.
    pub guide: &'static ConnectGuide,
}
