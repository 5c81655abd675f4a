use super::page_swap::swap;
use crate::Fault;
use crate::auto_refresh::{Subject, fingerprint};
use crate::parts::Freshness;
use leptos::prelude::*;
use leptos::task::spawn_local;
use lexicontract::domain::problem::Problem;
use std::time::Duration;

const INTERVAL: Duration = Duration::from_secs(2);

/// Polls the fingerprint of `subject`. When the fingerprint changes, fetches the page at `address` and replaces the elements
/// marked `data-live`. The returned signal contains the result of the last poll.
pub(super) fn poll(subject: Subject, known: String, address: String) -> RwSignal<Freshness> {
    let freshness = RwSignal::new(Freshness::Current);
    let known = StoredValue::new(known);
    let is_polling = StoredValue::new(false);
    let poll = move || {
        if document().hidden() || is_polling.get_value() || freshness.get_untracked() == Freshness::Gone {
            return;
        }
        is_polling.set_value(true);
        let (subject, address) = (subject.clone(), address.clone());
        spawn_local(async move {
            let newer = refresh(subject, &address, known).await;
            if freshness.get_untracked() != newer {
                freshness.set(newer);
            }
            is_polling.set_value(false);
        });
    };
    Effect::new(move |_| set_interval(poll.clone(), INTERVAL));
    freshness
}

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
