//! `OUTBOUND_PROXY`: the HTTP proxy that outgoing calls pass through.

use super::read::Reader;
use crate::secret::Secret;
use base64::{Engine, engine::general_purpose::STANDARD};
use std::fmt;
use url::{Host, Url};

/// The variables by which other programs find a proxy. This server does not use them.
const AMBIENT: [&str; 6] = ["HTTPS_PROXY", "https_proxy", "HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"];

/// An HTTP proxy. Its `Display` is `host:port`, without user and password.
#[derive(Clone, Debug)]
pub struct OutboundProxy {
    host: String,
    port: u16,
    url: Secret<String>,
    authorization: Option<Secret<String>>,
}

impl OutboundProxy {
    /// A proxy at an `http://host:port` address, which may hold a user name and a password.
    pub fn parse(text: &str) -> Option<Self> {
        let url = Url::parse(text).ok()?;
        let is_origin = url.path() == "/" && url.query().is_none() && url.fragment().is_none();
        if url.scheme() != "http" || !is_origin {
            return None;
        }
        let host = match url.host()? {
            Host::Ipv6(address) => address.to_string(),
            host => host.to_string(),
        };
        let credentials = (!url.username().is_empty() || url.password().is_some())
            .then(|| Some([decoded(url.username())?, b":".to_vec(), decoded(url.password().unwrap_or_default())?].concat()));
        let authorization = match credentials {
            Some(credentials) => Some(Secret::new(format!("Basic {}", STANDARD.encode(credentials?)))),
            None => None,
        };
        Some(Self { host, port: url.port_or_known_default()?, url: Secret::new(url.into()), authorization })
    }

    /// The host, without the brackets of an IPv6 address.
    pub fn host(&self) -> &str {
        &self.host
    }

    /// The port.
    pub fn port(&self) -> u16 {
        self.port
    }

    /// The whole address, with user and password.
    pub fn url(&self) -> &Secret<String> {
        &self.url
    }

    /// The value of `Proxy-Authorization`, when the address holds a user name.
    pub fn authorization(&self) -> Option<&Secret<String>> {
        self.authorization.as_ref()
    }
}

impl fmt::Display for OutboundProxy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.host.contains(':') {
            true => write!(f, "[{}]:{}", self.host, self.port),
            false => write!(f, "{}:{}", self.host, self.port),
        }
    }
}

/// The bytes behind the percent-encoding of a user name or a password.
fn decoded(text: &str) -> Option<Vec<u8>> {
    let mut bytes = text.bytes();
    let mut decoded = Vec::with_capacity(text.len());
    while let Some(byte) = bytes.next() {
        decoded.push(match byte {
            b'%' => {
                let digits = [bytes.next()?, bytes.next()?];
                let is_number = digits.iter().all(u8::is_ascii_hexdigit);
                is_number.then(|| u8::from_str_radix(str::from_utf8(&digits).ok()?, 16).ok())??
            }
            byte => byte,
        });
    }
    Some(decoded)
}

impl Reader<'_> {
    /// The proxy. The value may hold a password, so a fault does not repeat it.
    pub(super) fn outbound_proxy(&mut self) -> Option<OutboundProxy> {
        let value = self.secret("OUTBOUND_PROXY").unwrap_or_default()?;
        let proxy = OutboundProxy::parse(value.expose());
        if proxy.is_none() {
            self.fault(
                "`OUTBOUND_PROXY` must be an HTTP proxy such as `http://proxy.example.com:3128` or \
                 `http://user:password@proxy.example.com:3128`, with reserved characters percent-encoded and without a path."
                    .to_owned(),
            );
        }
        proxy
    }

    /// The first variable of the environment that names a proxy for other programs.
    pub(super) fn ambient_proxy(&self) -> Option<&'static str> {
        AMBIENT.into_iter().find(|name| self.text(name).is_some())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_proxy_is_an_origin_of_http_with_or_without_credentials() {
        let parsed = |text| OutboundProxy::parse(text).map(|proxy| proxy.to_string());
        for (text, shown) in [
            ("http://proxy.example.com:3128", "proxy.example.com:3128"),
            ("http://proxy.example.com:3128/", "proxy.example.com:3128"),
            ("http://proxy.example.com", "proxy.example.com:80"),
            ("http://127.0.0.1:8080", "127.0.0.1:8080"),
            ("http://[::1]:3128", "[::1]:3128"),
            ("http://ada:hunter2@proxy.example.com:3128", "proxy.example.com:3128"),
        ] {
            assert_eq!(parsed(text).as_deref(), Some(shown), "{text}");
        }
        for text in
            ["proxy:3128", "https://proxy:3128", "socks5://proxy:1080", "http://proxy:3128/x", "http://proxy/?a", "http://"]
        {
            assert_eq!(parsed(text), None, "{text}");
        }
    }

    #[test]
    fn credentials_are_decoded_for_the_header_and_never_shown() {
        let header = |text| {
            let proxy = OutboundProxy::parse(text).unwrap();
            assert!(!format!("{proxy} {proxy:?}").contains("hunter2"), "{proxy:?}");
            proxy.authorization().map(|value| value.expose().clone())
        };
        assert_eq!(header("http://proxy:3128"), None);
        let encoded = |text: &str| Some(format!("Basic {}", STANDARD.encode(text)));
        assert_eq!(header("http://ada:hunter2@proxy:3128"), encoded("ada:hunter2"));
        assert_eq!(header("http://corp%5Cada:hunter2%40%3a+@proxy:3128"), encoded("corp\\ada:hunter2@:+"));
        assert_eq!(header("http://ada@proxy:3128"), encoded("ada:"));
        for text in ["http://ada:100%@proxy:3128", "http://ada:%+f@proxy:3128"] {
            assert!(OutboundProxy::parse(text).is_none(), "{text}");
        }
    }
}
