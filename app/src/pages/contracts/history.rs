use super::data::ContractData;
use crate::pages::prelude::*;
use crate::text::details::details;
use lexicontract::domain::contract::timeline::TimelineEntry;
use lexicontract::domain::ids::ActivityId;

/// The timeline, newest entry first.
pub(super) fn history(data: &ContractData) -> AnyView {
    let events: Vec<AnyView> = data.history.items.iter().map(|(id, entry)| line(id, entry, data.now)).collect();
    let content = if events.is_empty() { muted("No events yet.") } else { timeline(events) };
    let address = |before: Option<&str>| format!("{}#timeline", data.address(before));
    let newest = data.selection.before.is_some().then(|| address(None));
    let older = data.history.next_cursor.as_deref().map(|cursor| address(Some(cursor)));
    card("timeline", "Timeline", (), view! { {content} {newer_and_older("Timeline", newest, older)} })
}

fn line(id: &ActivityId, entry: &TimelineEntry, now: Timestamp) -> AnyView {
    let delivery = entry.delivery_id.as_ref().filter(|_| begins_or_ends_attempt(&entry.kind));
    let steps = delivery.map(|delivery| quiet_link("Delivery steps", format!("/deliveries/{delivery}")));
    let meta = view! { <span>{entry.actor.clone()}</span> {moment(entry.at, now)} {steps} };
    let facts = entry.detail.as_ref().map(|detail| details(&entry.kind, detail)).unwrap_or_default();
    let more = (!facts.is_empty()).then(|| folded_facts(format!("event-{id}"), facts));
    event(tone(&entry.kind), entry.summary.clone(), meta, more)
}

/// True for the entries that link to their delivery. The other entries of the delivery are next to them.
fn begins_or_ends_attempt(kind: &str) -> bool {
    matches!(kind, "webhook_received" | "deal_found" | "file_selected" | "attempt_failed" | "given_up")
}

fn tone(kind: &str) -> Tone {
    match kind {
        "contract_created" | "version_stored" | "analysis_completed" | "status_written" | "version_filed" => Tone::Ok,
        "attempt_failed" | "newer_version" | "file_passed_over" | "no_file" | "connection_lost" => Tone::Warn,
        "analysis_failed" | "given_up" => Tone::Danger,
        "status_changed" | "file_selected" | "webhook_received" => Tone::Busy,
        _ => Tone::Neutral,
    }
}
