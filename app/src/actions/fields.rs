//! Strict validation of the request bodies of server functions: the expected content type, no unknown fields, no repeated fields.
//!
//! Leptos ignores unknown fields and accepts form data with any content type. The strict validation prevents the middleware and
//! Leptos from reading different values in the same body.

use super::registry;
use http::HeaderMap;
use http::header::CONTENT_TYPE;
use lexicontract::domain::problem::{Invalid, Problem};
use serde::de::{DeserializeOwned, Error};
use serde::{Deserialize, Deserializer};
use std::collections::HashSet;
use std::marker::PhantomData;
use url::form_urlencoded;

/// The form field that contains the idempotency key. Every form can contain this field, but no server function has it as a
/// parameter.
pub const FORM_ID: &str = "form_id";
const FORM: &str = "application/x-www-form-urlencoded";
const JSON: &str = "application/json";
/// The maximum nesting depth of field names such as `settings[labels][draft]`. Leptos has the same limit.
const MAX_DEPTH: usize = 5;

#[derive(Clone, Copy)]
pub(super) struct Input {
    content_type: &'static str,
    is_valid: fn(&[u8]) -> bool,
}

impl Input {
    pub(super) fn form<T: DeserializeOwned>() -> Self {
        Self { content_type: FORM, is_valid: is_form_of::<T> }
    }

    pub(super) fn json<T: DeserializeOwned>() -> Self {
        Self { content_type: JSON, is_valid: is_json_of::<T> }
    }
}

pub fn is_server_function(path: &str) -> bool {
    registry::input(path).is_some()
}

/// Checks the body of a request to the server function at `path`. Accepts the request if there is no server function at `path`.
///
/// # Errors
/// [`Problem::UnsupportedMediaType`] for an unexpected content type; [`Invalid::Body`] for a field that is unknown, repeated or
/// of the wrong type.
pub fn check(path: &str, headers: &HeaderMap, body: &[u8]) -> Result<(), Problem> {
    let Some(input) = registry::input(path) else { return Ok(()) };
    match content_type(headers) {
        None if body.is_empty() => {}
        Some(kind) if kind == input.content_type => {}
        _ => return Err(Problem::UnsupportedMediaType),
    }
    if (input.is_valid)(body) { Ok(()) } else { Err(Invalid::Body.into()) }
}

/// The content type in lower case, without parameters such as the charset.
fn content_type(headers: &HeaderMap) -> Option<String> {
    let value = headers.get(CONTENT_TYPE)?.to_str().unwrap_or_default();
    Some(value.split(';').next().unwrap_or_default().trim().to_ascii_lowercase())
}

fn is_form_of<T: DeserializeOwned>(body: &[u8]) -> bool {
    let mut names = HashSet::new();
    let is_repeated = form_urlencoded::parse(body).any(|(name, _)| !names.insert(name));
    !is_repeated && serde_qs::Config::new(MAX_DEPTH, false).deserialize_bytes::<Known<T>>(body).is_ok()
}

fn is_json_of<T: DeserializeOwned>(body: &[u8]) -> bool {
    serde_json::from_slice::<Known<T>>(body).is_ok()
}

/// Deserializes a `T` and rejects unknown fields other than [`FORM_ID`].
struct Known<T>(PhantomData<T>);

impl<'de, T: DeserializeOwned> Deserialize<'de> for Known<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let mut is_known = true;
        let value: Result<T, _> = serde_ignored::deserialize(deserializer, |path| is_known &= path.to_string() == FORM_ID);
        value?;
        if is_known { Ok(Self(PhantomData)) } else { Err(D::Error::custom("unknown field")) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use http::HeaderValue;

    fn checked(path: &str, kind: Option<&'static str>, body: &str) -> Result<(), Problem> {
        registry::register_all();
        let mut headers = HeaderMap::new();
        if let Some(kind) = kind {
            headers.insert(CONTENT_TYPE, HeaderValue::from_static(kind));
        }
        check(path, &headers, body.as_bytes())
    }

    #[test]
    fn unknown_and_repeated_fields_are_rejected() {
        let sign_in = |body: &str| checked("/actions/sign_in", Some(FORM), body);
        for good in ["", "email=a&password=b", "email=a&password=b&next=%2F&form_id=1", "password=b&email=a"] {
            assert_eq!(sign_in(good), Ok(()), "{good}");
        }
        for bad in [
            "x[email]=decoy&email=a&password=b",
            "x%5Bemail%5D=decoy&email=a",
            "email=a&email=b",
            "email=a&%65mail=b",
            "email=a&email[]=b",
            "email[x]=a",
            "form_id=1&form_id=2",
            "unknown=1",
            "=1",
        ] {
            assert_eq!(sign_in(bad), Err(Invalid::Body.into()), "{bad}");
        }
    }

    #[test]
    fn nested_fields_are_checked_against_their_type() {
        let update = |body: &str| checked("/actions/update_connection", Some(FORM), body);
        let settings =
            "connection=c&settings[status_field]=F__c&settings%5Bstatus_labels%5D%5Bdraft%5D=D&settings[stage_choices][0]=S";
        assert_eq!(update(settings), Ok(()));
        let check_boxes = "connection=c&settings[record_types][1]=&settings[record_types][0]=R\
            &settings[write_on_create][shown]=true&settings[write_on_create][on]=true&settings[reopen_on_new_version][shown]=true";
        assert_eq!(update(check_boxes), Ok(()));
        assert_eq!(update("connection=c&is_enabled=true"), Ok(()));
        for bad in [
            "connection=c&settings[unknown]=1",
            "connection=c&settings[file_rule]=a&settings[file_rule]=b",
            "connection=c&settings[write_on_create][on]=2",
            "connection=c&settings[write_on_create][unknown]=true",
            "is_enabled=2",
        ] {
            assert_eq!(update(bad), Err(Invalid::Body.into()), "{bad}");
        }
        assert_eq!(checked("/actions/connect", Some(FORM), "integration=i&fields[api_key]=k"), Ok(()));
    }

    #[test]
    fn wrong_content_type_is_rejected() {
        for kind in [None, Some(JSON), Some("text/plain"), Some("multipart/form-data; boundary=b"), Some("")] {
            assert_eq!(checked("/actions/sign_in", kind, "email=a&password=b"), Err(Problem::UnsupportedMediaType), "{kind:?}");
        }
        assert_eq!(checked("/actions/sign_in", Some("Application/X-WWW-form-urlencoded; charset=utf-8"), "email=a"), Ok(()));
        assert_eq!(checked("/actions/sign_out", None, ""), Ok(()));
        let subject = r#"{"subject":{"Board":{"receipt":null}}}"#;
        assert_eq!(checked("/actions/fingerprint", Some(JSON), subject), Ok(()));
        assert_eq!(checked("/actions/fingerprint", Some(FORM), subject), Err(Problem::UnsupportedMediaType));
        assert_eq!(
            checked("/actions/fingerprint", Some(JSON), r#"{"subject":{"Contracts":""},"x":1}"#),
            Err(Invalid::Body.into())
        );
        assert_eq!(checked("/actions/upload", Some("multipart/form-data; boundary=b"), "--b--"), Ok(()));
    }
}
