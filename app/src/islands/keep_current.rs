//! Asks every two seconds whether what a page shows has changed, and then replaces the parts that show it.

use super::page_swap::swap;
use crate::{
    Fault,
    auto_refresh::{Subject, fingerprint},
    parts::status::freshness::Freshness,
};
use leptos::{prelude::*, task::spawn_local};
use lexicontract::domain::problem::Problem;
use std::time::Duration;

const EVERY: Duration = Duration::from_secs(2);

/// Keeps the page at `address` current while it is looked at; the signal says whether that works.
pub(super) fn keep_current(subject: Subject, known: String, address: String) -> RwSignal<Freshness> {
    let freshness = RwSignal::new(Freshness::Current);
    let known = StoredValue::new(known);
    let is_asking = StoredValue::new(false);
    let ask = move || {
        if document().hidden() || is_asking.get_value() || freshness.get_untracked() == Freshness::Gone {
            return;
        }
        is_asking.set_value(true);
        let (subject, address) = (subject.clone(), address.clone());
        spawn_local(async move {
            let newer = refresh(subject, &address, known).await;
            if freshness.get_untracked() != newer {
                freshness.set(newer);
            }
            is_asking.set_value(false);
        });
    };
    Effect::new(move |_| set_interval(ask.clone(), EVERY));
    freshness
}

/// Brings the page up to date when it is not.
async fn refresh(subject: Subject, address: &str, known: StoredValue<String>) -> Freshness {
    let newer = match fingerprint(subject).await {
        Ok(newer) => newer,
        Err(Fault::Problem(Problem::NotSignedIn)) => return Freshness::SignedOut,
        Err(Fault::Problem(Problem::NotFound)) => return Freshness::Gone,
        Err(_) => return Freshness::Unreachable,
    };
    if known.get_value() == newer {
        return Freshness::Current;
    }
    match swap(address).await {
        Some(()) => {
            known.set_value(newer);
            Freshness::Current
        }
        None => Freshness::Unreachable,
    }
}
