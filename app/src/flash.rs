//! Values that a page shows exactly once, after the form that made them has redirected.
//!
//! They travel in a cookie that lives a minute, that no script can read and that the page which shows it erases: never in
//! an address, never in the server's memory, so it works without JavaScript and with any number of servers. The cookie is as
//! well guarded as the session's, which is worth at least as much.

use crate::{
    context::{hub, with_headers},
    session,
};
use http::{HeaderValue, header::SET_COOKIE};
use leptos::prelude::use_context;
use leptos_axum::ResponseOptions;
use lexicontract::config::Config;
use serde::{Serialize, de::DeserializeOwned};

const MAX_AGE_SECONDS: u32 = 60;
const NAME: &str = "lexicontract_once";
/// What was typed into a form that was refused. Its page shows it again; there is never a password, a key or a file in it.
const TYPED: &str = "lexicontract_typed";
/// Browsers keep no longer cookies.
const LONGEST: usize = 3_800;

/// Keeps a value for the page at `path`.
pub(crate) fn keep(path: &str, value: &str) {
    set(NAME, path, &hexadecimal(value), MAX_AGE_SECONDS);
}

/// Takes the value kept for the page at `path`, and erases it.
pub(crate) fn take(path: &str) -> Option<String> {
    let value = from_hexadecimal(&with_headers(|headers| session::value_of(headers, NAME))?)?;
    set(NAME, path, "", 0);
    Some(value)
}

/// Keeps what was typed into the form of the page at `path`, unless it is too long.
pub(crate) fn keep_typed(path: &str, typed: &impl Serialize) {
    if let (Some(response), Some(cookie)) = (use_context::<ResponseOptions>(), typed_cookie(hub().config(), path, typed)) {
        response.append_header(SET_COOKIE, cookie);
    }
}

/// The header that keeps it.
pub fn typed_cookie(config: &Config, path: &str, typed: &impl Serialize) -> Option<HeaderValue> {
    Some(session::cookie(config, TYPED, &written(typed)?, path, MAX_AGE_SECONDS))
}

/// Takes what was typed into the form of the page at `path`, and erases it.
pub(crate) fn take_typed<T: DeserializeOwned>(path: &str) -> Option<T> {
    let value = with_headers(|headers| session::value_of(headers, TYPED))?;
    set(TYPED, path, "", 0);
    read(&value)
}

fn written(typed: &impl Serialize) -> Option<String> {
    let value = hexadecimal(&serde_json::to_string(typed).ok()?);
    (value.len() <= LONGEST).then_some(value)
}

fn read<T: DeserializeOwned>(value: &str) -> Option<T> {
    serde_json::from_str(&from_hexadecimal(value)?).ok()
}

fn set(name: &str, path: &str, value: &str, max_age_seconds: u32) {
    if let Some(response) = use_context::<ResponseOptions>() {
        response.append_header(SET_COOKIE, session::cookie(hub().config(), name, value, path, max_age_seconds));
    }
}

/// Every value as characters that a cookie may hold.
fn hexadecimal(value: &str) -> String {
    value.bytes().map(|byte| format!("{byte:02x}")).collect()
}

fn from_hexadecimal(text: &str) -> Option<String> {
    let bytes = text.as_bytes().chunks(2).map(|pair| u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok());
    String::from_utf8(bytes.collect::<Option<Vec<u8>>>()?).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeMap;

    #[test]
    fn a_kept_value_comes_back_as_it_was() {
        for value in ["whsec_abc123", "http://127.0.0.1:3000/invitations/a;b=c", "é"] {
            assert_eq!(from_hexadecimal(&hexadecimal(value)).as_deref(), Some(value));
        }
        assert_eq!(from_hexadecimal("zz"), None);
    }

    #[test]
    fn what_was_typed_comes_back_and_what_would_be_cut_does_not() {
        let typed = BTreeMap::from([("name".to_owned(), "Grace “Amazing” Hopper; & Co".to_owned())]);
        assert_eq!(read(&written(&typed).unwrap()), Some(typed));
        assert_eq!(written(&"x".repeat(LONGEST)), None);
        assert_eq!(read::<BTreeMap<String, String>>("7b"), None);
    }
}
