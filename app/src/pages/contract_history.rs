//! What happened to a contract.

use crate::parts::{
    card::card,
    list::{event, timeline},
    moment::moment,
    prose::muted,
    tone::Tone,
};
use leptos::prelude::*;
use lexicontract::domain::{time::Timestamp, timeline::TimelineEntry};

/// Newest first, for people; the API answers oldest first.
pub(super) fn history(entries: &[TimelineEntry], now: Timestamp) -> AnyView {
    let events: Vec<AnyView> = entries.iter().rev().map(|entry| line(entry, now)).collect();
    let content = if events.is_empty() { muted("Nothing has happened yet.") } else { timeline(events) };
    card("timeline", "Timeline", ().into_any(), content)
}

fn line(entry: &TimelineEntry, now: Timestamp) -> AnyView {
    let meta = view! { <span>{entry.actor.clone()}</span> {moment(entry.at, now)} };
    event(tone(&entry.kind), entry.summary.clone(), meta.into_any(), ().into_any())
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
