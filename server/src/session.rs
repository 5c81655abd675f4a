//! The session cookie.

use http::{HeaderMap, HeaderValue, header::COOKIE};
use lexicontract::{config::Config, secret::Secret};

/// The cookie's name; on https browsers guarantee that `__Host-` cookies come from this host alone.
pub fn cookie_name(config: &Config) -> &'static str {
    if config.is_https() { "__Host-lexicontract_session" } else { "lexicontract_session" }
}

/// The header that sets the cookie, for twelve hours.
pub fn set_cookie(config: &Config, token: &Secret<String>) -> HeaderValue {
    cookie(config, token.expose(), 12 * 60 * 60)
}

/// The header that removes the cookie.
pub fn clear_cookie(config: &Config) -> HeaderValue {
    cookie(config, "", 0)
}

fn cookie(config: &Config, value: &str, max_age_seconds: u32) -> HeaderValue {
    let secure = if config.is_https() { "; Secure" } else { "" };
    let name = cookie_name(config);
    let text = format!("{name}={value}; Path=/; HttpOnly; SameSite=Lax; Max-Age={max_age_seconds}{secure}");
    HeaderValue::from_str(&text).expect("name and token are visible ASCII")
}

/// The cookie of a request.
pub fn read(config: &Config, headers: &HeaderMap) -> Option<Secret<String>> {
    let name = cookie_name(config);
    let pairs = headers.get_all(COOKIE).into_iter().filter_map(|value| value.to_str().ok()).flat_map(|value| value.split(';'));
    pairs.filter_map(|pair| pair.trim().split_once('=')).find(|(key, _)| *key == name).map(|(_, value)| Secret::from(value))
}
