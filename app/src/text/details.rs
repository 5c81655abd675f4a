//! The details of a line of a timeline, which are stored for programs, as people say them.

use super::{engine::found_by, moment::exact, size::size};
use lexicontract::domain::time::Timestamp;
use serde_json::Value;

/// The details as names and values; what is empty says nothing.
pub fn details(kind: &str, detail: &Value) -> Vec<(String, String)> {
    let Value::Object(values) = detail else { return Vec::new() };
    values.iter().filter_map(|(key, value)| Some((name(kind, key), said_of(key, value)?))).collect()
}

fn name(kind: &str, key: &str) -> String {
    let words = match (key, kind) {
        ("name", "deal_read") => "Deal",
        ("name" | "file_name", _) => "File",
        ("id", _) => "Id at the provider",
        ("size_bytes", _) => "Size",
        ("modified_at", _) => "Changed",
        ("number", _) => "Version",
        ("sha256", _) => "SHA-256 of the file",
        ("engine", _) => "Analysis",
        ("warnings", _) => "To be noted",
        ("field", _) => "Field",
        ("value", _) => "Written",
        _ => return in_words(key),
    };
    words.to_owned()
}

/// `record_id` as `Record id`.
fn in_words(key: &str) -> String {
    let words = key.replace('_', " ");
    let mut letters = words.chars();
    letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default()
}

fn said_of(key: &str, value: &Value) -> Option<String> {
    match (key, value) {
        ("engine", Value::String(engine)) => Some(found_by(engine)),
        ("size_bytes", Value::Number(bytes)) => bytes.as_i64().map(size),
        ("modified_at", Value::String(at)) => Timestamp::parse(at).map(exact).or_else(|| said(value)),
        _ => said(value),
    }
}

fn said(value: &Value) -> Option<String> {
    match value {
        Value::Null => None,
        Value::String(text) => Some(text.clone()).filter(|text| !text.is_empty()),
        Value::Bool(true) => Some("yes".to_owned()),
        Value::Bool(false) => Some("no".to_owned()),
        Value::Number(number) => Some(number.to_string()),
        Value::Array(values) => joined(values.iter().filter_map(said), " "),
        Value::Object(values) => {
            joined(values.iter().filter_map(|(key, value)| Some(format!("{} {}", in_words(key), said(value)?))), ", ")
        }
    }
}

fn joined(values: impl Iterator<Item = String>, between: &str) -> Option<String> {
    let text = values.collect::<Vec<_>>().join(between);
    (!text.is_empty()).then_some(text)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn told(kind: &str, detail: &Value) -> Vec<String> {
        details(kind, detail).into_iter().map(|(name, value)| format!("{name}: {value}")).collect()
    }

    #[test]
    fn details_are_told_in_words_and_empty_ones_are_left_out() {
        let analysed = json!({"engine": "embedded", "warnings": [], "attempt": 2, "file": {"name": "a.pdf", "id": null}});
        let expected = ["Analysis: Found by LexiContract’s own rules.", "Attempt: 2", "File: Name a.pdf"];
        let mut found = told("analysis_completed", &analysed);
        found.sort();
        assert_eq!(found, expected);
        assert_eq!(told("analysis_completed", &json!("text")), [""; 0]);
    }

    #[test]
    fn a_name_says_whose_it_is_and_a_size_has_a_unit() {
        assert_eq!(told("deal_read", &json!({"name": "Globex"})), ["Deal: Globex"]);
        let file = json!({"name": "a.pdf", "size_bytes": 1500, "modified_at": "2026-11-02T06:07:08.000Z"});
        let mut found = told("file_chosen", &file);
        found.sort();
        assert_eq!(found, ["Changed: 2 Nov 2026, 06:07:08 UTC", "File: a.pdf", "Size: 1.5 KB"]);
    }
}
