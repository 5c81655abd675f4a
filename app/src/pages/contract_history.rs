//! What happened to a contract.

use crate::parts::{
    card::card,
    list::{event, small_facts, timeline},
    moment::moment,
    prose::muted,
    tone::Tone,
};
use leptos::prelude::*;
use lexicontract::domain::{page::Page, time::Timestamp, timeline::TimelineEntry};
use serde_json::Value;

/// Newest first, for people; the API answers oldest first.
pub(super) fn history(entries: &Page<TimelineEntry>, now: Timestamp) -> AnyView {
    let events: Vec<AnyView> = entries.items.iter().enumerate().rev().map(|(place, entry)| line(place, entry, now)).collect();
    let content = if events.is_empty() { muted("Nothing has happened yet.") } else { timeline(events) };
    let more = entries.next_cursor.is_some().then(|| muted("Only the first hundred events are shown. The API has them all."));
    card("timeline", "Timeline", ().into_any(), view! { {more} {content} }.into_any())
}

/// `place` counts from the oldest, so that details stay unfolded when newer lines appear.
fn line(place: usize, entry: &TimelineEntry, now: Timestamp) -> AnyView {
    let meta = view! { <span>{entry.actor.clone()}</span> {moment(entry.at, now)} };
    let details = entry.detail.as_ref().map(facts).unwrap_or_default();
    let more = (!details.is_empty()).then(|| small_facts(format!("event-{place}"), details));
    event(tone(&entry.kind), entry.summary.clone(), meta.into_any(), more.into_any())
}

/// The details as names and values; what is empty says nothing.
fn facts(detail: &Value) -> Vec<(String, String)> {
    let Value::Object(values) = detail else { return Vec::new() };
    values.iter().filter_map(|(name, value)| Some((in_words(name), said(value)?))).collect()
}

/// `opportunity_id` as `Opportunity id`.
fn in_words(name: &str) -> String {
    let words = name.replace('_', " ");
    let mut letters = words.chars();
    letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default()
}

fn said(value: &Value) -> Option<String> {
    match value {
        Value::Null => None,
        Value::String(text) => Some(text.clone()).filter(|text| !text.is_empty()),
        Value::Bool(true) => Some("yes".to_owned()),
        Value::Bool(false) => Some("no".to_owned()),
        Value::Number(number) => Some(number.to_string()),
        Value::Array(values) => joined(values.iter().filter_map(said), "; "),
        Value::Object(values) => {
            joined(values.iter().filter_map(|(name, value)| Some(format!("{} {}", in_words(name), said(value)?))), ", ")
        }
    }
}

fn joined(values: impl Iterator<Item = String>, between: &str) -> Option<String> {
    let text = values.collect::<Vec<_>>().join(between);
    (!text.is_empty()).then_some(text)
}

/// Kinds are an open set: one that is not known here is neutral.
fn tone(kind: &str) -> Tone {
    match kind {
        "contract_created" | "version_stored" | "analysis_completed" | "status_written" => Tone::Ok,
        "attempt_failed" | "file_passed_over" | "no_file" | "connection_lost" => Tone::Warn,
        "analysis_failed" | "given_up" => Tone::Danger,
        "status_changed" | "webhook_received" => Tone::Busy,
        _ => Tone::Neutral,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn details_are_told_in_words_and_empty_ones_are_left_out() {
        let detail = json!({"engine": "rules", "warnings": [], "attempt": 2, "file": {"name": "a.pdf", "id": null}});
        let told = facts(&detail);
        let expected = [("Attempt", "2"), ("Engine", "rules"), ("File", "Name a.pdf")];
        assert_eq!(told, expected.map(|(name, value)| (name.to_owned(), value.to_owned())));
        assert_eq!(facts(&json!("text")), []);
    }
}
