//! What happened to a contract.

use super::contract::{Shown, address};
use crate::{
    parts::{
        layout::{
            card::card,
            list::{event, small_facts, timeline},
            prose::muted,
            table::newer_and_older,
        },
        status::{moment::moment, tone::Tone},
    },
    text::details::details,
};
use leptos::prelude::*;
use lexicontract::domain::{contract::timeline::TimelineEntry, ids::ActivityId, time::Timestamp};

/// Newest first, for people; the API answers oldest first.
pub(crate) fn history(shown: &Shown) -> AnyView {
    let lines = &shown.history.items;
    let events: Vec<AnyView> = lines.iter().map(|(id, entry)| line(id, entry, shown.now)).collect();
    let content = if events.is_empty() { muted("Nothing has happened yet.") } else { timeline(events) };
    let newest = shown.is_older_history.then(|| page_at(shown, None));
    let older = shown.history.next_cursor.as_deref().map(|cursor| page_at(shown, Some(cursor)));
    card("timeline", "Timeline", ().into_any(), view! { {content} {newer_and_older("Timeline", newest, older)} }.into_any())
}

/// The page with the events before one of them.
fn page_at(shown: &Shown, before: Option<&str>) -> String {
    format!("{}#timeline", address(&shown.contract.id, shown.asked, before))
}

fn line(id: &ActivityId, entry: &TimelineEntry, now: Timestamp) -> AnyView {
    let meta = view! { <span>{entry.actor.clone()}</span> {moment(entry.at, now)} };
    let told = entry.detail.as_ref().map(|detail| details(&entry.kind, detail)).unwrap_or_default();
    let more = (!told.is_empty()).then(|| small_facts(format!("event-{id}"), told));
    event(tone(&entry.kind), entry.summary.clone(), meta.into_any(), more.into_any())
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
