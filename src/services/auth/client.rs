//! The client of a request that signs somebody in.

use crate::secret::Secret;
use std::net::IpAddr;

/// What a client brings along when it signs somebody in, beside the credentials.
#[derive(Clone, Debug, Default)]
pub struct Client {
    /// Its address, by which failures are limited. A program on this machine has none.
    pub address: Option<IpAddr>,
    /// The value of its cookie for known browsers.
    pub known_browser: Option<Secret<String>>,
    /// The value of its session cookie. Signing in ends this session.
    pub session: Option<Secret<String>>,
}
