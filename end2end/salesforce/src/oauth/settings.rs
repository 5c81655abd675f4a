//! OAuth settings. Their initial values come from the options; the control API can change them.

use crate::options::Options;
use serde::{Deserialize, Serialize};

/// Error with which the next token request fails.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct TokenError {
    pub error: String,
    #[serde(default)]
    pub description: String,
    /// HTTP status of the response. 400 if it is missing.
    #[serde(default)]
    pub status: Option<u16>,
}

#[derive(Clone, Debug, Serialize)]
pub struct Settings {
    /// Whether each refresh replaces the refresh token.
    pub rotation: bool,
    /// Whether a request with a replaced refresh token revokes the grant.
    pub reuse_detection: bool,
    /// Whether authorize requests without PKCE are rejected.
    pub require_pkce: bool,
    /// Error code with which the next authorize request fails.
    pub deny_with: Option<String>,
    pub token_error: Option<TokenError>,
    /// Whether token responses omit the refresh token.
    pub omit_refresh_token: bool,
    /// `instance_url` in token responses. `None` means the organization's URL.
    pub instance_url: Option<String>,
    /// Number of seconds after which an unused session expires.
    pub session_seconds: i64,
}

impl Settings {
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
