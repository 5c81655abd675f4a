//! Asks every two seconds whether what a page shows has changed, and then replaces the parts that show it.

use super::page_swap::{refresh_times, swap};
use crate::live::{Subject, fingerprint};
use leptos::{prelude::*, task::spawn_local};
use std::time::Duration;

const EVERY: Duration = Duration::from_secs(2);

/// Keeps the page at `address` current while it is looked at; the signal says whether the server has stopped answering.
pub(super) fn keep_current(subject: Subject, known: String, address: String) -> RwSignal<bool> {
    let is_lost = RwSignal::new(false);
    let known = StoredValue::new(known);
    let is_asking = StoredValue::new(false);
    let ask = move || {
        if document().hidden() || is_asking.get_value() {
            return;
        }
        is_asking.set_value(true);
        let (subject, address) = (subject.clone(), address.clone());
        spawn_local(async move {
            is_lost.set(!refresh(subject, &address, known).await);
            refresh_times();
            is_asking.set_value(false);
        });
    };
    Effect::new(move |_| set_interval(ask.clone(), EVERY));
    is_lost
}

/// Whether the page is now as the server has it.
async fn refresh(subject: Subject, address: &str, known: StoredValue<String>) -> bool {
    let Ok(newer) = fingerprint(subject).await else { return false };
    if known.get_value() == newer {
        return true;
    }
    let is_swapped = swap(address).await.is_some();
    if is_swapped {
        known.set_value(newer);
    }
    is_swapped
}
