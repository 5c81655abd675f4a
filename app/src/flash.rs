//! Values that a page shows exactly once, after the form that made them has redirected.
//!
//! They travel in a cookie that lives a minute, that no script can read and that the page which shows it erases: never in
//! an address, never in the server's memory, so it works without JavaScript and with any number of servers. The cookie is as
//! well guarded as the session's, which is worth at least as much.

use crate::{
    context::{headers, hub},
    session,
};
use http::header::SET_COOKIE;
use leptos::prelude::use_context;
use leptos_axum::ResponseOptions;

const MAX_AGE_SECONDS: u32 = 60;
const NAME: &str = "lexicontract_once";

/// Keeps a value for the page at `path`.
pub(crate) fn keep(path: &str, value: &str) {
    set(path, &hexadecimal(value), MAX_AGE_SECONDS);
}

/// Takes the value kept for the page at `path`, and erases it.
pub(crate) fn take(path: &str) -> Option<String> {
    let value = from_hexadecimal(&session::value_of(&headers(), NAME)?)?;
    set(path, "", 0);
    Some(value)
}

fn set(path: &str, value: &str, max_age_seconds: u32) {
    if let Some(response) = use_context::<ResponseOptions>() {
        response.append_header(SET_COOKIE, session::cookie(hub().config(), NAME, value, path, max_age_seconds));
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

    #[test]
    fn a_kept_value_comes_back_as_it_was() {
        for value in ["whsec_abc123", "http://127.0.0.1:3000/invitations/a;b=c", "é"] {
            assert_eq!(from_hexadecimal(&hexadecimal(value)).as_deref(), Some(value));
        }
        assert_eq!(from_hexadecimal("zz"), None);
    }
}
