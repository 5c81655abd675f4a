//! The names, attributes and encrypted values of all cookies. Only this module sets and deletes cookies.
//!
//! Over https, each cookie name has a prefix that browsers enforce (RFC 6265bis, section 4.1.3). Cookies for the whole site have
//! the prefix `__Host-`, so that no other host of the domain can set them. Cookies for one page have the prefix `__Secure-`. Over
//! http on loopback, cookie names have no prefix, because browsers reject prefixed cookies over http.

use crate::context::{hub, with_headers};
use http::header::{COOKIE, SET_COOKIE};
use http::{HeaderMap, HeaderValue};
use leptos::prelude::use_context;
use leptos_axum::ResponseOptions;
use lexicontract::config::Config;
use lexicontract::hub::Hub;
use lexicontract::services::{SESSION_LIFETIME, SealedCookie};
use std::time::Duration;

pub const SAVED_FORM_PAGE: &str = "/unfinished";
const YEAR: Duration = Duration::from_secs(365 * 24 * 60 * 60);
/// The maximum length of an encrypted value. Browsers reject cookies of more than 4,096 bytes with name and attributes.
const MAX_VALUE_BYTES: usize = 3_800;
/// The maximum number of cookies with the same name that are read from a request. This server sets at most one cookie of this
/// name per path, so an attacker must have set any further cookies.
const MAX_SAME_NAME: usize = 8;

#[derive(Clone, Copy, Debug)]
pub enum Cookie<'a> {
    Session,
    Theme,
    Sealed(SealedCookie<'a>),
}

impl Cookie<'_> {
    pub fn name(self, config: &Config) -> &'static str {
        let (over_https, over_http) = match self {
            Self::Session => ("__Host-lexicontract_session", "lexicontract_session"),
            Self::Theme => ("__Host-lexicontract_theme", "lexicontract_theme"),
            Self::Sealed(SealedCookie::KnownBrowser) => ("__Host-lexicontract_browser", "lexicontract_browser"),
            Self::Sealed(SealedCookie::Once { .. }) => ("__Secure-lexicontract_once", "lexicontract_once"),
            Self::Sealed(SealedCookie::FormState { .. }) => ("__Secure-lexicontract_typed", "lexicontract_typed"),
            Self::Sealed(SealedCookie::SavedForm { .. }) => ("__Secure-lexicontract_unfinished", "lexicontract_unfinished"),
            Self::Sealed(SealedCookie::ConnectLink { .. }) => ("__Secure-lexicontract_connect", "lexicontract_connect"),
        };
        if config.is_https() { over_https } else { over_http }
    }

    fn path(&self) -> &str {
        match self {
            Self::Session | Self::Theme | Self::Sealed(SealedCookie::KnownBrowser) => "/",
            Self::Sealed(SealedCookie::Once { page, .. } | SealedCookie::FormState { page, .. }) => page,
            Self::Sealed(SealedCookie::SavedForm { .. }) => SAVED_FORM_PAGE,
            Self::Sealed(SealedCookie::ConnectLink { path }) => path,
        }
    }

    fn max_age(self) -> Duration {
        match self {
            Self::Session => SESSION_LIFETIME,
            Self::Theme => YEAR,
            Self::Sealed(sealed) => sealed.max_age(),
        }
    }

    pub fn set(self, config: &Config, value: &str) -> HeaderValue {
        self.header(config, value, self.max_age())
    }

    pub fn delete(self, config: &Config) -> HeaderValue {
        self.header(config, "", Duration::ZERO)
    }

    fn header(self, config: &Config, value: &str, max_age: Duration) -> HeaderValue {
        let (name, path, seconds) = (self.name(config), self.path(), max_age.as_secs());
        let secure = if config.is_https() { "; Secure" } else { "" };
        let text = format!("{name}={value}; Path={path}; Max-Age={seconds}; HttpOnly; SameSite=Lax{secure}");
        let mut header = HeaderValue::try_from(text).unwrap_or(HeaderValue::from_static("lexicontract_refused=; Max-Age=0"));
        header.set_sensitive(true);
        header
    }

    fn values(self, config: &Config, headers: &HeaderMap) -> Vec<String> {
        let name = self.name(config);
        headers
            .get_all(COOKIE)
            .iter()
            // Skips cookies that are not valid UTF-8. Other programs on this host can set such cookies.
            .flat_map(|header| header.as_bytes().split(|byte| *byte == b';'))
            .filter_map(|pair| std::str::from_utf8(pair).ok()?.trim().split_once('='))
            .filter(|(key, value)| *key == name && !value.is_empty())
            .map(|(_, value)| value.to_owned())
            .take(MAX_SAME_NAME)
            .collect()
    }

    /// The value of the cookie. `None` if the request has no cookie of that name, or more than one.
    pub fn value(self, config: &Config, headers: &HeaderMap) -> Option<String> {
        <[String; 1]>::try_from(self.values(config, headers)).ok().map(|[value]| value)
    }
}

/// The header that sets a cookie with an encrypted value. `None` if the encrypted value is too long for a cookie.
pub fn seal(hub: &Hub, cookie: SealedCookie<'_>, value: &str) -> Option<HeaderValue> {
    let sealed = hub.seal_cookie(cookie, value);
    (sealed.expose().len() <= MAX_VALUE_BYTES).then(|| Cookie::Sealed(cookie).set(hub.config(), sealed.expose()))
}

/// The decrypted value of the cookie. Deletes a cookie that cannot be decrypted: its value is forged or expired, or belongs to
/// another session or user.
pub(crate) fn open(cookie: SealedCookie<'_>) -> Option<String> {
    let hub = hub();
    let opened = with_headers(|headers| find(&hub, headers, cookie));
    let is_sent = || with_headers(|headers| Some(!Cookie::Sealed(cookie).values(hub.config(), headers).is_empty()));
    if opened.is_none() && is_sent() == Some(true) {
        delete(cookie);
    }
    opened
}

/// Like [`open`], for requests that no page or action handles. Deletes no cookie.
pub(crate) fn find(hub: &Hub, headers: &HeaderMap, cookie: SealedCookie<'_>) -> Option<String> {
    let sealed = Cookie::Sealed(cookie).values(hub.config(), headers);
    sealed.iter().find_map(|sealed| hub.open_cookie(cookie, sealed)).map(|value| value.expose().clone())
}

pub(crate) fn take(cookie: SealedCookie<'_>) -> Option<String> {
    let opened = open(cookie)?;
    delete(cookie);
    Some(opened)
}

pub(crate) fn delete(cookie: SealedCookie<'_>) {
    append(Some(Cookie::Sealed(cookie).delete(hub().config())));
}

pub(crate) fn append(cookie: Option<HeaderValue>) {
    if let (Some(response), Some(cookie)) = (use_context::<ResponseOptions>(), cookie) {
        response.append_header(SET_COOKIE, cookie);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn config(public_url: &str) -> Config {
        let pairs = [("FERNET_KEY", "cw_0x689RpI-jtRR7oE8h_eQsKImvJapLeSbXpwF4e4="), ("PUBLIC_URL", public_url)];
        Config::read(|name| pairs.iter().find(|(key, _)| *key == name).map(|(_, value)| (*value).to_owned())).unwrap()
    }

    #[test]
    fn session_cookie_over_https_is_bound_to_the_host() {
        let header = Cookie::Session.set(&config("https://contracts.example.com"), "abc");
        let text = header.to_str().unwrap();
        assert!(text.starts_with("__Host-lexicontract_session=abc; Path=/;"), "{text}");
        for attribute in ["HttpOnly", "SameSite=Lax", "Secure", "Max-Age=43200"] {
            assert!(text.contains(attribute), "{text}");
        }
        assert!(header.is_sensitive());
    }

    #[test]
    fn repeated_cookie_is_rejected() {
        let config = config("http://127.0.0.1:3000");
        let mut headers = HeaderMap::new();
        headers.append(COOKIE, HeaderValue::from_static("theme=dark; lexicontract_session=abc"));
        assert_eq!(Cookie::Session.value(&config, &headers).as_deref(), Some("abc"));
        headers.append(COOKIE, HeaderValue::from_static("lexicontract_session=planted"));
        assert_eq!(Cookie::Session.value(&config, &headers), None);
    }

    #[test]
    fn cookie_without_prefix_is_ignored_over_https() {
        let config = config("https://contracts.example.com");
        let mut headers = HeaderMap::new();
        headers.append(COOKIE, HeaderValue::from_static("lexicontract_session=abc; lexicontract_theme=dark"));
        assert_eq!(
            (Cookie::Session.value(&config, &headers), Cookie::Theme.value(&config, &headers)),
            (None, None),
            "session and theme"
        );
    }
}
