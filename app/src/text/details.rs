use super::engine::found_by;
use super::moment::exact;
use super::size::size;
use lexicontract::domain::time::Timestamp;
use serde_json::Value;

/// The labels and values of the stored details of a timeline entry. Details with an empty value are left out.
pub fn details(kind: &str, detail: &Value) -> Vec<(String, String)> {
    let Value::Object(values) = detail else { return Vec::new() };
    values.iter().filter_map(|(key, value)| Some((label(kind, key), value_text(key, value)?))).collect()
}

fn label(kind: &str, key: &str) -> String {
    let label = match (key, kind) {
        ("name", "deal_read") => "Deal",
        ("name" | "file_name", _) => "File",
        ("id", _) => "Provider ID",
        ("size_bytes", _) => "Size",
        ("modified_at", _) => "Modified",
        ("number", _) => "Version",
        ("sha256", _) => "SHA-256 of the file",
        ("engine", _) => "Analysis",
        ("warnings", _) => "Warnings",
        ("field", _) => "Field",
        ("value", _) => "Written value",
        _ => return sentence_case(key),
    };
    label.to_owned()
}

/// Converts a key to a label: `record_id` becomes `Record id`.
pub(crate) fn sentence_case(key: &str) -> String {
    let text = key.replace('_', " ");
    let mut letters = text.chars();
    letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default()
}

fn value_text(key: &str, value: &Value) -> Option<String> {
    match (key, value) {
        ("engine", Value::String(engine)) => Some(found_by(engine)),
        ("size_bytes", Value::Number(bytes)) => bytes.as_i64().map(size),
        ("modified_at", Value::String(at)) => Timestamp::parse(at).map(exact).or_else(|| plain(value)),
        _ => plain(value),
    }
}

fn plain(value: &Value) -> Option<String> {
    match value {
        Value::Null => None,
        Value::String(text) => Some(text.clone()).filter(|text| !text.is_empty()),
        Value::Bool(true) => Some("yes".to_owned()),
        Value::Bool(false) => Some("no".to_owned()),
        Value::Number(number) => Some(number.to_string()),
        Value::Array(values) => joined(values.iter().filter_map(plain), " "),
        Value::Object(values) => {
            joined(values.iter().filter_map(|(key, value)| Some(format!("{} {}", sentence_case(key), plain(value)?))), ", ")
        }
    }
}

fn joined(values: impl Iterator<Item = String>, separator: &str) -> Option<String> {
    let text = values.collect::<Vec<_>>().join(separator);
    (!text.is_empty()).then_some(text)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn lines(kind: &str, detail: &Value) -> Vec<String> {
        details(kind, detail).into_iter().map(|(name, value)| format!("{name}: {value}")).collect()
    }

    #[test]
    fn details_have_labels_and_empty_ones_are_left_out() {
        let analysed = json!({"engine": "embedded", "warnings": [], "attempt": 2, "file": {"name": "a.pdf", "id": null}});
        let expected = ["Analysis: Found by the built-in rules.", "Attempt: 2", "File: Name a.pdf"];
        let mut found = lines("analysis_completed", &analysed);
        found.sort();
        assert_eq!(found, expected);
        assert_eq!(lines("analysis_completed", &json!("text")), [""; 0]);
    }

    #[test]
    fn labels_depend_on_the_kind_and_sizes_have_units() {
        assert_eq!(lines("deal_read", &json!({"name": "Globex"})), ["Deal: Globex"]);
        let file = json!({"name": "a.pdf", "size_bytes": 1500, "modified_at": "2026-11-02T06:07:08.000Z"});
        let mut found = lines("file_chosen", &file);
        found.sort();
        assert_eq!(found, ["File: a.pdf", "Modified: 2 Nov 2026, 06:07:08 UTC", "Size: 1.5 KB"]);
    }
}
