//! Switches of the OAuth side, set at the start or by tests.

use serde::{Deserialize, Serialize};

use crate::options::Options;

/// An error that the next token call answers with.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct TokenError {
    /// The code, such as `invalid_grant`.
    pub error: String,
    /// The text.
    #[serde(default)]
    pub description: String,
    /// The status; 400 unless told.
    #[serde(default)]
    pub status: Option<u16>,
}

/// The switches.
#[derive(Clone, Debug, Serialize)]
pub struct Settings {
    /// Each refresh replaces the refresh token.
    pub rotation: bool,
    /// A refresh token that was replaced ends the whole grant when it comes again.
    pub reuse_detection: bool,
    /// An authorize request without PKCE is refused.
    pub require_pkce: bool,
    /// The next authorize request is answered with this error code at once.
    pub deny_with: Option<String>,
    /// The next token call is answered with this error.
    pub token_error: Option<TokenError>,
    /// Token answers never carry a refresh token.
    pub omit_refresh_token: bool,
    /// What token answers carry as `instance_url`; by default the organization's own address.
    pub instance_url: Option<String>,
    /// How long an unused session lives.
    pub session_seconds: i64,
}

impl Settings {
    /// The switches at the start.
    pub fn from_options(options: &Options) -> Self {
        Settings {
            rotation: options.rotation,
            reuse_detection: true,
            require_pkce: options.require_pkce,
            deny_with: None,
            token_error: None,
            omit_refresh_token: false,
            instance_url: options.instance_url.clone(),
            session_seconds: 7_200,
        }
    }
}
