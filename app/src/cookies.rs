//! Every cookie of the product: its name, its attributes, and the sealing of what it holds. No other module makes or ends one.
//!
//! Over https each name has a prefix that browsers enforce (RFC 6265bis, section 4.1.3): `__Host-` where the cookie belongs to the whole
//! site, so that no other host of the domain can set it, and `__Secure-` where it belongs to one page. Over http on loopback browsers
//! would refuse the prefixes.

use crate::context::{hub, with_headers};
use http::{
    HeaderMap, HeaderValue,
    header::{COOKIE, SET_COOKIE},
};
use leptos::prelude::use_context;
use leptos_axum::ResponseOptions;
use lexicontract::{
    config::Config,
    hub::Hub,
    services::{SESSION_LIFETIME, SealedCookie},
};
use std::time::Duration;

/// The page that shows a form that was sent after the session had ended.
pub const SAVED_FORM_PAGE: &str = "/unfinished";
const YEAR: Duration = Duration::from_secs(365 * 24 * 60 * 60);
/// Browsers refuse cookies of more than 4,096 bytes, name and attributes included.
const MAX_VALUE_BYTES: usize = 3_800;
/// How many cookies of one name are tried: a browser has one for each path, and what else it has was planted.
const MAX_SAME_NAME: usize = 8;

/// One cookie.
#[derive(Clone, Copy, Debug)]
pub enum Cookie<'a> {
    /// Proves who is signed in. Its value is random.
    Session,
    /// Light or dark. It belongs to no person and is not sealed.
    Theme,
    /// A sealed value.
    Sealed(SealedCookie<'a>),
}

impl Cookie<'_> {
    /// The name.
    pub fn name(self, config: &Config) -> &'static str {
        let (over_https, over_http) = match self {
            Self::Session => ("__Host-lexicontract_session", "lexicontract_session"),
            Self::Theme => ("__Host-lexicontract_theme", "lexicontract_theme"),
            Self::Sealed(SealedCookie::KnownBrowser) => ("__Host-lexicontract_browser", "lexicontract_browser"),
            Self::Sealed(SealedCookie::Once { .. }) => ("__Secure-lexicontract_once", "lexicontract_once"),
            Self::Sealed(SealedCookie::FormState { .. }) => ("__Secure-lexicontract_typed", "lexicontract_typed"),
            Self::Sealed(SealedCookie::SavedForm { .. }) => ("__Secure-lexicontract_unfinished", "lexicontract_unfinished"),
        };
        if config.is_https() { over_https } else { over_http }
    }

    fn path(&self) -> &str {
        match self {
            Self::Session | Self::Theme | Self::Sealed(SealedCookie::KnownBrowser) => "/",
            Self::Sealed(SealedCookie::Once { page, .. } | SealedCookie::FormState { page, .. }) => page,
            Self::Sealed(SealedCookie::SavedForm { .. }) => SAVED_FORM_PAGE,
        }
    }

    fn max_age(self) -> Duration {
        match self {
            Self::Session => SESSION_LIFETIME,
            Self::Theme => YEAR,
            Self::Sealed(sealed) => sealed.max_age(),
        }
    }

    /// The header that sets it. Scripts cannot read it, and pages of other sites cannot send it along with a form.
    pub fn set(self, config: &Config, value: &str) -> HeaderValue {
        self.header(config, value, self.max_age())
    }

    /// The header that ends it.
    pub fn end(self, config: &Config) -> HeaderValue {
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

    /// The values of the cookies of that name.
    fn values(self, config: &Config, headers: &HeaderMap) -> Vec<String> {
        let name = self.name(config);
        headers
            .get_all(COOKIE)
            .iter()
            // Other programs on the host may set cookies of any bytes; only ours are text.
            .flat_map(|header| header.as_bytes().split(|byte| *byte == b';'))
            .filter_map(|pair| std::str::from_utf8(pair).ok()?.trim().split_once('='))
            .filter(|(key, value)| *key == name && !value.is_empty())
            .map(|(_, value)| value.to_owned())
            .take(MAX_SAME_NAME)
            .collect()
    }

    /// The value of the one cookie of that name; `None` without one, or when there are several.
    pub fn value(self, config: &Config, headers: &HeaderMap) -> Option<String> {
        <[String; 1]>::try_from(self.values(config, headers)).ok().map(|[value]| value)
    }
}

/// The header that sets a sealed cookie; `None` when no browser would keep it.
pub fn seal(hub: &Hub, cookie: SealedCookie<'_>, value: &str) -> Option<HeaderValue> {
    let sealed = hub.seal_cookie(cookie, value);
    (sealed.expose().len() <= MAX_VALUE_BYTES).then(|| Cookie::Sealed(cookie).set(hub.config(), sealed.expose()))
}

/// What a sealed cookie of the request holds. One that does not open, because it was planted, is another user's or too old, is ended.
pub(crate) fn open(cookie: SealedCookie<'_>) -> Option<String> {
    let hub = hub();
    let sealed = with_headers(|headers| Some(Cookie::Sealed(cookie).values(hub.config(), headers))).unwrap_or_default();
    let opened = sealed.iter().find_map(|sealed| hub.open_cookie(cookie, sealed)).map(|value| value.expose().clone());
    if opened.is_none() && !sealed.is_empty() {
        end(cookie);
    }
    opened
}

/// What a sealed cookie of the request holds, and ends it.
pub(crate) fn take(cookie: SealedCookie<'_>) -> Option<String> {
    let opened = open(cookie)?;
    end(cookie);
    Some(opened)
}

/// Ends a sealed cookie with the response.
pub(crate) fn end(cookie: SealedCookie<'_>) {
    append(Some(Cookie::Sealed(cookie).end(hub().config())));
}

/// Adds a header that sets or ends a cookie to the response.
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
    fn a_session_over_https_is_bound_to_this_host() {
        let header = Cookie::Session.set(&config("https://contracts.example.com"), "abc");
        let text = header.to_str().unwrap();
        assert!(text.starts_with("__Host-lexicontract_session=abc; Path=/;"), "{text}");
        for attribute in ["HttpOnly", "SameSite=Lax", "Secure", "Max-Age=43200"] {
            assert!(text.contains(attribute), "{text}");
        }
        assert!(header.is_sensitive());
    }

    #[test]
    fn one_cookie_of_the_name_is_read_and_two_are_refused() {
        let config = config("http://127.0.0.1:3000");
        let mut headers = HeaderMap::new();
        headers.append(COOKIE, HeaderValue::from_static("theme=dark; lexicontract_session=abc"));
        assert_eq!(Cookie::Session.value(&config, &headers).as_deref(), Some("abc"));
        headers.append(COOKIE, HeaderValue::from_static("lexicontract_session=planted"));
        assert_eq!(Cookie::Session.value(&config, &headers), None);
    }

    #[test]
    fn over_https_a_cookie_without_the_prefix_is_not_read() {
        let config = config("https://contracts.example.com");
        let mut headers = HeaderMap::new();
        headers.append(COOKIE, HeaderValue::from_static("lexicontract_session=abc; lexicontract_theme=dark"));
        assert_eq!((Cookie::Session.value(&config, &headers), Cookie::Theme.value(&config, &headers)), (None, None));
    }
}
