//! Keeps a page current: asks whether what it shows has changed, and then replaces the parts that show it.
//! Without WebAssembly the page is as it was when it was asked for.

use super::page_swap::{refresh_times, swap};
use crate::{
    live::{Subject, fingerprint},
    parts::board::lost_line,
};
use leptos::{prelude::*, task::spawn_local};
use std::time::Duration;

const EVERY: Duration = Duration::from_secs(2);

/// Watches `subject`, whose page is at `address`.
#[island]
pub fn LivePage(
    /// What the page shows.
    subject: Subject,
    /// Its state when the page was rendered.
    known: String,
    /// Where the newer page is to be had.
    address: String,
) -> impl IntoView {
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
    lost_line(is_lost.into())
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
