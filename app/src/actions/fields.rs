//! The fields of server functions: exactly those that they take, each once.
//!
//! The framework itself ignores fields that it does not know, and takes a form for any content type. Two readers of one body could then
//! see different values.

use super::registry;
use http::{HeaderMap, header::CONTENT_TYPE};
use lexicontract::domain::problem::{Invalid, Problem};
use serde::{Deserialize, Deserializer, de::DeserializeOwned, de::Error};
use std::{collections::HashSet, marker::PhantomData};
use url::form_urlencoded;

/// The id of a form, which every form may carry and no server function takes.
pub const FORM_ID: &str = "form_id";
const FORM: &str = "application/x-www-form-urlencoded";
const JSON: &str = "application/json";
/// How deep names such as `settings[labels][draft]` may be nested, as in the framework.
const MAX_DEPTH: usize = 5;

/// How a server function takes its arguments.
#[derive(Clone, Copy)]
pub(super) struct Input {
    content_type: &'static str,
    is_right: fn(&[u8]) -> bool,
}

impl Input {
    pub(super) fn form<T: DeserializeOwned>() -> Self {
        Self { content_type: FORM, is_right: is_form_of::<T> }
    }

    pub(super) fn json<T: DeserializeOwned>() -> Self {
        Self { content_type: JSON, is_right: is_json_of::<T> }
    }
}

/// Whether a server function is at this path.
pub fn is_server_function(path: &str) -> bool {
    registry::input(path).is_some()
}

/// Whether a body is what the server function at this path takes. Other paths take anything.
///
/// # Errors
/// [`Problem::UnsupportedMediaType`] for another content type; [`Invalid::Body`] for a field that is unknown, repeated or of the wrong
/// type.
pub fn check(path: &str, headers: &HeaderMap, body: &[u8]) -> Result<(), Problem> {
    let Some(input) = registry::input(path) else { return Ok(()) };
    match content_type(headers) {
        // Without a body there is nothing that has a type.
        None if body.is_empty() => {}
        Some(kind) if kind == input.content_type => {}
        _ => return Err(Problem::UnsupportedMediaType),
    }
    if (input.is_right)(body) { Ok(()) } else { Err(Invalid::Body.into()) }
}

/// The content type without its parameters.
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

/// A value with no fields but those of its type, and [`FORM_ID`].
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
    fn a_form_has_the_fields_of_its_function_each_once() {
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
    fn nested_fields_are_known_by_name_or_free_as_their_type_says() {
        let update = |body: &str| checked("/actions/update_connection", Some(FORM), body);
        let settings =
            "connection=c&settings[status_field]=F__c&settings%5Bstatus_labels%5D%5Bdraft%5D=D&settings[stage_choices][0]=S";
        assert_eq!(update(settings), Ok(()));
        assert_eq!(update("connection=c&is_enabled=true"), Ok(()));
        for bad in
            ["connection=c&settings[unknown]=1", "connection=c&settings[file_rule]=a&settings[file_rule]=b", "is_enabled=2"]
        {
            assert_eq!(update(bad), Err(Invalid::Body.into()), "{bad}");
        }
        assert_eq!(checked("/actions/connect", Some(FORM), "integration=i&fields[api_key]=k"), Ok(()));
    }

    #[test]
    fn another_content_type_is_refused() {
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
