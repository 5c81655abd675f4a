//! How a connection fares: since when something is wrong, who can change it, and what the comparison with Salesforce found.

use super::connection::Shown;
use crate::parts::{card::card, layout::stack, list::facts, moment::moment, prose::muted};
use leptos::prelude::*;
use lexicontract::domain::{
    time::Timestamp,
    upkeep::{Reconciliation, Trouble},
};

/// Since when it is wrong, and who can change it; the words themselves stand above the page.
pub(super) fn trouble_rows(trouble: &Trouble, now: Timestamp) -> [(&'static str, AnyView); 2] {
    [("Troubled since", moment(trouble.since, now)), ("Who can help", trouble.fixed_by.label().into_any())]
}

/// The last comparison; nothing for providers without one.
pub(super) fn comparison(shown: &Shown) -> Option<AnyView> {
    let Reconciliation { last_run_at, found, repaired, note, next_run_at } = shown.reconciliation.as_ref()?;
    let last = match last_run_at {
        Some(at) => moment(*at, shown.now),
        None => "Not yet".into_any(),
    };
    let rows = vec![
        ("Last comparison", last),
        ("Found", found.to_string().into_any()),
        ("Repaired", repaired.to_string().into_any()),
        ("Next comparison", moment(*next_run_at, shown.now)),
    ];
    let content = stack((
        muted("Every hour we look for Opportunities whose call never came and for fields that do not show the status written."),
        facts(rows),
        note.clone().map(muted),
    ));
    Some(card("comparison", "Comparison with Salesforce", ().into_any(), content))
}
