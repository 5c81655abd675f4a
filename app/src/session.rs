//! The cookies that pages and the HTTP API set at sign-in: the session cookie, and a cookie that identifies a known browser.

use crate::context::ClientAddress;
use crate::cookies::Cookie;
use http::{HeaderMap, HeaderValue};
use lexicontract::config::Config;
use lexicontract::secret::Secret;
use lexicontract::services::{Client, SealedCookie, SignedIn};

const KNOWN_BROWSER: Cookie<'static> = Cookie::Sealed(SealedCookie::KnownBrowser);

pub fn set_cookies(config: &Config, signed_in: &SignedIn) -> [HeaderValue; 2] {
    [Cookie::Session.set(config, signed_in.session_token.expose()), KNOWN_BROWSER.set(config, signed_in.known_browser.expose())]
}

pub fn client(config: &Config, headers: &HeaderMap, address: Option<ClientAddress>) -> Client {
    Client {
        address: address.map(|address| address.0),
        known_browser: KNOWN_BROWSER.value(config, headers).map(Secret::new),
        session: read(config, headers),
    }
}

pub fn clear_cookie(config: &Config) -> HeaderValue {
    Cookie::Session.delete(config)
}

pub fn read(config: &Config, headers: &HeaderMap) -> Option<Secret<String>> {
    Cookie::Session.value(config, headers).map(Secret::new)
}

#[cfg(test)]
mod tests {
    use super::*;
    use http::header::COOKIE;

    #[test]
    fn client_has_address_session_and_known_browser() {
        let pairs = [("FERNET_KEY", "cw_0x689RpI-jtRR7oE8h_eQsKImvJapLeSbXpwF4e4=")];
        let config =
            Config::read(|name| pairs.iter().find(|(key, _)| *key == name).map(|(_, value)| (*value).to_owned())).unwrap();
        let mut headers = HeaderMap::new();
        headers.append(COOKIE, HeaderValue::from_static("lexicontract_session=abc; lexicontract_browser=def"));
        let client = client(&config, &headers, Some(ClientAddress([192, 0, 2, 1].into())));
        assert_eq!(client.address, Some([192, 0, 2, 1].into()));
        let value = |secret: Option<Secret<String>>| secret.unwrap().expose().clone();
        assert_eq!(
            (value(client.session), value(client.known_browser)),
            ("abc".to_owned(), "def".to_owned()),
            "session and known browser"
        );
    }
}
