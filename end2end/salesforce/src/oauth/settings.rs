//! OAuth settings. `Options` contains initial values for some settings. The control API can change all of them.

use crate::options::Options;
use serde::{Deserialize, Serialize};

#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct TokenError {
    pub error: String,
    #[serde(default)]
    pub description: String,
    /// HTTP status of the error response. The default is 400.
    #[serde(default)]
    pub status: Option<u16>,
}

#[derive(Clone, Debug, Serialize)]
pub struct Settings {
    /// Each refresh replaces the refresh token.
    pub rotation: bool,
    /// A request with a replaced refresh token revokes the grant.
    pub reuse_detection: bool,
    /// Authorize requests without PKCE are rejected.
    pub require_pkce: bool,
    /// Error code with which the next authorize request fails. Applies once.
    pub deny_with: Option<String>,
    pub token_error: Option<TokenError>,
    /// Token responses omit the refresh token.
    pub omit_refresh_token: bool,
    /// `instance_url` in token responses. `None` means the organization's URL.
    pub instance_url: Option<String>,
    /// Time in seconds after which an unused session expires.
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
