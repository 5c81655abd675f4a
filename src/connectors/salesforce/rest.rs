use crate::connectors::Call;
use crate::connectors::error_rules::ApiError;
use serde::Deserialize;

pub(super) const API_VERSION: &str = "API_VERSION";
pub(super) const DATA: &str = "/services/data/";

/// Returns `/services/data/{version}/{path}`.
pub(super) fn data_path(call: &Call, path: &str) -> String {
    format!("{DATA}{}/{path}", call.config().text(API_VERSION))
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Entry {
    #[serde(alias = "statusCode", rename = "errorCode")]
    code: Option<String>,
    message: Option<String>,
}

/// An error body: usually a list of entries, and sometimes a single entry.
#[derive(Deserialize)]
#[serde(untagged)]
enum Entries {
    List(Vec<Entry>),
    One(Entry),
}

pub(super) fn error_body(body: &[u8]) -> Option<ApiError> {
    let entry = match serde_json::from_slice(body).ok()? {
        Entries::List(entries) => entries.into_iter().next()?,
        Entries::One(entry) => entry,
    };
    let message = entry.message.unwrap_or_default();
    let field = named_field(&message).map(str::to_owned);
    Some(ApiError { code: entry.code.unwrap_or_default(), message, field })
}

/// Salesforce reports some errors as a list with a success status.
pub(super) fn hides_error(body: &[u8]) -> bool {
    body.trim_ascii_start().starts_with(b"[") && error_body(body).is_some_and(|error| !error.code.is_empty())
}

/// Extracts the field or relationship from an error message such as `No such column 'StageName' on entity 'Opportunity'`.
fn named_field(message: &str) -> Option<&str> {
    let (_, rest) = ["column '", "relationship '"].iter().find_map(|before| message.split_once(before))?;
    let (name, _) = rest.split_once('\'')?;
    let is_name = name.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'.'));
    (is_name && !name.is_empty()).then_some(name)
}
