//! The cookies of a sign-in: the session, and the proof that this browser has signed in before. The HTTP API uses the same functions.

use crate::context::ClientAddress;
use http::{HeaderMap, HeaderValue, header::COOKIE};
use lexicontract::{
    config::Config,
    secret::Secret,
    services::{Client, SignedIn},
};

const MAX_AGE_SECONDS: u32 = 12 * 60 * 60;
/// As long as browsers keep a cookie (RFC 6265bis, section 5.5): 400 days, from each sign-in.
const KNOWN_BROWSER_SECONDS: u32 = 400 * 24 * 60 * 60;

/// The cookie's name. Over https it has the prefix that forbids other hosts to set it.
pub fn cookie_name(config: &Config) -> &'static str {
    if config.is_https() { "__Host-lexicontract_session" } else { "lexicontract_session" }
}

/// The name of the cookie that marks a browser as known after a sign-in. It does not authenticate.
fn known_browser_name(config: &Config) -> &'static str {
    if config.is_https() { "__Host-lexicontract_browser" } else { "lexicontract_browser" }
}

/// The headers that start a session in the browser: the session first.
pub fn set_cookies(config: &Config, signed_in: &SignedIn) -> [HeaderValue; 2] {
    [
        cookie(config, cookie_name(config), signed_in.session_token.expose(), "/", MAX_AGE_SECONDS),
        cookie(config, known_browser_name(config), signed_in.known_browser.expose(), "/", KNOWN_BROWSER_SECONDS),
    ]
}

/// What the client of a request brings along when it signs somebody in.
pub fn client(config: &Config, headers: &HeaderMap, address: Option<ClientAddress>) -> Client {
    Client {
        address: address.map(|address| address.0),
        known_browser: value_of(headers, known_browser_name(config)).map(Secret::new),
        session: read(config, headers),
    }
}

/// The header that ends it.
pub fn clear_cookie(config: &Config) -> HeaderValue {
    cookie(config, cookie_name(config), "", "/", 0)
}

/// The session token of a request; `None` without one, or when there are several.
pub fn read(config: &Config, headers: &HeaderMap) -> Option<Secret<String>> {
    value_of(headers, cookie_name(config)).map(Secret::new)
}

/// A cookie that scripts cannot read and other sites cannot send along with a form.
pub(crate) fn cookie(config: &Config, name: &str, value: &str, path: &str, max_age_seconds: u32) -> HeaderValue {
    let secure = if config.is_https() { "; Secure" } else { "" };
    let text = format!("{name}={value}; Path={path}; Max-Age={max_age_seconds}; HttpOnly; SameSite=Lax{secure}");
    let mut header = HeaderValue::try_from(text).unwrap_or(HeaderValue::from_static("lexicontract_refused=; Max-Age=0"));
    header.set_sensitive(true);
    header
}

/// The value of the one cookie of that name.
pub(crate) fn value_of(headers: &HeaderMap, name: &str) -> Option<String> {
    let mut values = headers
        .get_all(COOKIE)
        .iter()
        .filter_map(|header| header.to_str().ok())
        .flat_map(|header| header.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .filter(|(key, value)| *key == name && !value.is_empty())
        .map(|(_, value)| value.to_owned());
    values.next().filter(|_| values.next().is_none())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn config(public_url: &str) -> Config {
        let pairs = [("FERNET_KEY", "cw_0x689RpI-jtRR7oE8h_eQsKImvJapLeSbXpwF4e4="), ("PUBLIC_URL", public_url)];
        Config::read(|name| pairs.iter().find(|(key, _)| *key == name).map(|(_, value)| (*value).to_owned())).unwrap()
    }

    #[test]
    fn a_session_over_https_is_bound_to_this_host() {
        let config = config("https://contracts.example.com");
        let header = cookie(&config, cookie_name(&config), "abc", "/", MAX_AGE_SECONDS);
        let text = header.to_str().unwrap();
        assert!(text.starts_with("__Host-lexicontract_session=abc; Path=/;"), "{text}");
        for attribute in ["HttpOnly", "SameSite=Lax", "Secure", "Max-Age=43200"] {
            assert!(text.contains(attribute), "{text}");
        }
        assert!(header.is_sensitive());
    }

    #[test]
    fn a_client_brings_its_address_and_both_cookies() {
        let mut headers = HeaderMap::new();
        headers.append(COOKIE, HeaderValue::from_static("lexicontract_session=abc; lexicontract_browser=def"));
        let client = client(&config("http://127.0.0.1:3000"), &headers, Some(ClientAddress([192, 0, 2, 1].into())));
        assert_eq!(client.address, Some([192, 0, 2, 1].into()));
        let value = |secret: Option<Secret<String>>| secret.unwrap().expose().clone();
        assert_eq!((value(client.session), value(client.known_browser)), ("abc".to_owned(), "def".to_owned()));
        assert_eq!(known_browser_name(&config("https://contracts.example.com")), "__Host-lexicontract_browser");
    }

    #[test]
    fn one_cookie_of_the_name_is_read_and_two_are_refused() {
        let config = config("http://127.0.0.1:3000");
        let mut headers = HeaderMap::new();
        headers.append(COOKIE, HeaderValue::from_static("theme=dark; lexicontract_session=abc"));
        assert_eq!(read(&config, &headers).unwrap().expose(), "abc");
        headers.append(COOKIE, HeaderValue::from_static("lexicontract_session=planted"));
        assert!(read(&config, &headers).is_none());
    }
}
