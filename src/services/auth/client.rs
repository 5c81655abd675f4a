//! The client that sends a sign-in, registration or accepted invitation.

use crate::secret::Secret;
use std::net::IpAddr;

#[derive(Clone, Debug, Default)]
pub struct Client {
    /// The IP address, for rate limits; `None` if the caller is a program on this machine.
    pub address: Option<IpAddr>,
    /// The cookie that identifies a browser that has signed in before.
    pub known_browser: Option<Secret<String>>,
    /// The session cookie that the browser already has. Signing in ends that session.
    pub session: Option<Secret<String>>,
}
