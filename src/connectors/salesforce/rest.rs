//! Paths of the REST API, and errors in its response bodies.

use crate::connectors::{
    Call,
    error_rules::{ApiError, ErrorBody},
};
use serde::Deserialize;

/// Name of the configuration variable for the version of the REST API.
pub(super) const API_VERSION: &str = "API_VERSION";
pub(super) const DATA: &str = "/services/data/";

/// Returns `/services/data/{version}/{path}`.
pub(super) fn data_path(call: &Call, path: &str) -> String {
    format!("{DATA}{}/{path}", call.config().text(API_VERSION))
}

/// Parser for error bodies. A body that is a list can be an error even if the response has a success status.
pub(super) const ERROR_BODY: ErrorBody = ErrorBody { read, may_be_hidden: |body| body.trim_ascii_start().starts_with(b"[") };

#[derive(Default, Deserialize)]
#[serde(default)]
struct Entry {
    #[serde(alias = "statusCode", rename = "errorCode")]
    code: Option<String>,
    message: Option<String>,
}

/// Error entries of a body. Most error bodies are a list of entries; some are a single entry.
#[derive(Deserialize)]
#[serde(untagged)]
enum Entries {
    List(Vec<Entry>),
    One(Entry),
}

fn read(body: &[u8]) -> Option<ApiError> {
    let entry = match serde_json::from_slice(body).ok()? {
        Entries::List(entries) => entries.into_iter().next()?,
        Entries::One(entry) => entry,
    };
    let message = entry.message.unwrap_or_default();
    let field = named_field(&message).map(str::to_owned);
    Some(ApiError { code: entry.code.unwrap_or_default(), message, field })
}

/// Extracts the field or relationship from the message of a rejected query, such as
/// `No such column 'StageName' on entity 'Opportunity'`.
fn named_field(message: &str) -> Option<&str> {
    let (_, rest) = ["column '", "relationship '"].iter().find_map(|before| message.split_once(before))?;
    let (name, _) = rest.split_once('\'')?;
    let is_name = name.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'.'));
    (is_name && !name.is_empty()).then_some(name)
}
