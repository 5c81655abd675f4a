//! Paths of the REST API, and what its answers say beside the records.

use super::provider::API_VERSION;
use crate::connectors::{
    Call,
    error_rules::{ApiError, ErrorBody},
};
use serde::{Deserialize, Deserializer};

/// Where the versions of the REST API are.
pub(super) const DATA: &str = "/services/data/";

/// A path below `/services/data/{version}/`.
pub(super) fn data_path(call: &Call, path: &str) -> String {
    format!("{DATA}{}/{path}", call.config().text(API_VERSION))
}

/// How errors are read: most bodies are a list, also some that come with the status of a success.
pub(super) const ERROR_BODY: ErrorBody = ErrorBody { read, may_be_hidden: |body| body.trim_ascii_start().starts_with(b"[") };

/// One entry of an error body.
#[derive(Default, Deserialize)]
#[serde(default)]
struct Entry {
    #[serde(alias = "statusCode", rename = "errorCode", deserialize_with = "null_is_empty")]
    code: String,
    #[serde(deserialize_with = "null_is_empty")]
    message: String,
}

/// Most error bodies are a list; some are its only entry.
#[derive(Deserialize)]
#[serde(untagged)]
enum Entries {
    List(Vec<Entry>),
    One(Entry),
}

/// Texts of an error may be `null`.
fn null_is_empty<'de, D: Deserializer<'de>>(deserializer: D) -> Result<String, D::Error> {
    Ok(Option::deserialize(deserializer)?.unwrap_or_default())
}

fn read(body: &[u8]) -> Option<ApiError> {
    let entry = match serde_json::from_slice(body).ok()? {
        Entries::List(entries) => entries.into_iter().next()?,
        Entries::One(entry) => entry,
    };
    let field = named(&entry.message).map(str::to_owned);
    Some(ApiError { code: entry.code, message: entry.message, field })
}

/// The field or relationship that a refused query names, as in `No such column 'StageName' on entity 'Opportunity'`.
fn named(message: &str) -> Option<&str> {
    let (_, rest) = ["column '", "relationship '"].iter().find_map(|before| message.split_once(before))?;
    let (name, _) = rest.split_once('\'')?;
    let is_name = name.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'.'));
    (is_name && !name.is_empty()).then_some(name)
}
