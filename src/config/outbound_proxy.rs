//! `OUTBOUND_PROXY`: the HTTP proxy for outbound calls.

use crate::secret::Secret;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use std::fmt;
use url::{Host, Url};

/// An HTTP proxy. `Display` writes `host:port` without user name and password.
#[derive(Clone, Debug)]
pub struct OutboundProxy {
    /// Host name or IP address. An IPv6 address is stored without brackets.
    pub host: String,
    pub port: u16,
    pub url: Secret<String>,
    /// Value of the header `Proxy-Authorization`.
    pub authorization: Option<Secret<String>>,
}

impl OutboundProxy {
    /// Parses `http://host:port`, optionally with user name and password.
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
        let authorization = if url.username().is_empty() && url.password().is_none() {
            None
        } else {
            let credentials = [decoded(url.username())?, b":".to_vec(), decoded(url.password().unwrap_or_default())?].concat();
            Some(Secret::new(format!("Basic {}", STANDARD.encode(credentials))))
        };
        Some(Self { host, port: url.port_or_known_default()?, url: Secret::new(url.into()), authorization })
    }
}

impl fmt::Display for OutboundProxy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.host.contains(':') {
            write!(f, "[{}]:{}", self.host, self.port)
        } else {
            write!(f, "{}:{}", self.host, self.port)
        }
    }
}

/// Decodes percent-encoding; `None` if an escape is invalid.
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_proxy_is_an_http_origin_with_or_without_credentials() {
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
            proxy.authorization.map(|value| value.expose().clone())
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
