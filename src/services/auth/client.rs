use crate::secret::Secret;
use std::net::IpAddr;

/// The client of a sign-in, a registration or an accepted invitation.
#[derive(Clone, Debug, Default)]
pub struct Client {
    /// The IP address, for rate limits; `None` if the client is a program on this machine.
    pub address: Option<IpAddr>,
    pub known_browser: Option<Secret<String>>,
    /// The browser's current session cookie. A sign-in ends this session.
    pub session: Option<Secret<String>>,
}
