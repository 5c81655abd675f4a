//! The timeline of a contract.

use super::data::ContractData;
use crate::{pages::prelude::*, text::details::details};
use lexicontract::domain::{contract::timeline::TimelineEntry, ids::ActivityId};

/// The timeline, newest entry first. (The API returns the oldest entry first.)
pub(super) fn history(data: &ContractData) -> AnyView {
    let lines = &data.history.items;
    let events: Vec<AnyView> = lines.iter().map(|(id, entry)| line(id, entry, data.now)).collect();
    let content = if events.is_empty() { muted("No events yet.") } else { timeline(events) };
    let newest = data.selection.before.is_some().then(|| page_at(data, None));
    let older = data.history.next_cursor.as_deref().map(|cursor| page_at(data, Some(cursor)));
    card("timeline", "Timeline", (), view! { {content} {newer_and_older("Timeline", newest, older)} })
}

fn page_at(data: &ContractData, before: Option<&str>) -> String {
    format!("{}#timeline", data.address(before))
}

fn line(id: &ActivityId, entry: &TimelineEntry, now: Timestamp) -> AnyView {
    let meta = view! { <span>{entry.actor.clone()}</span> {moment(entry.at, now)} };
    let facts = entry.detail.as_ref().map(|detail| details(&entry.kind, detail)).unwrap_or_default();
    let more = (!facts.is_empty()).then(|| folded_facts(format!("event-{id}"), facts));
    event(tone(&entry.kind), entry.summary.clone(), meta, more)
}

/// The colour of a timeline entry. Future kinds of entries are possible, so an unknown kind is neutral.
fn tone(kind: &str) -> Tone {
    match kind {
        "contract_created" | "version_stored" | "analysis_completed" | "status_written" => Tone::Ok,
        "attempt_failed" | "file_passed_over" | "no_file" | "connection_lost" => Tone::Warn,
        "analysis_failed" | "given_up" => Tone::Danger,
        "status_changed" | "webhook_received" => Tone::Busy,
        _ => Tone::Neutral,
    }
}
