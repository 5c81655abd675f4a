//! Health of a connection: open issue, who can fix it, and the last reconciliation.

use super::connection::Shown;
use crate::parts::{
    layout::{card::card, list::facts, prose::muted, stack},
    status::{issues::upcoming, moment::moment, number::count},
};
use leptos::prelude::*;
use lexicontract::domain::{
    connection::{
        health::{Issue, Reconciliation},
        terms::Terms,
    },
    time::Timestamp,
};

/// Since when it is wrong, and who can change it; the words themselves stand above the page.
pub(crate) fn issue_rows(trouble: &Issue, now: Timestamp) -> [(&'static str, AnyView); 2] {
    [("Troubled since", moment(trouble.since, now)), ("Who can help", trouble.responsible.label().into_any())]
}

/// How far the comparison is, what the last one found, and when the next one is due; nothing for providers without one.
pub(crate) fn comparison(shown: &Shown) -> Option<AnyView> {
    let comparison = shown.health.reconciliation.as_ref()?;
    let (now, terms) = (shown.now, shown.terms());
    // As many rows while it runs as while it does not, so that nothing below moves.
    let rows = vec![
        ("Under way", comparison.running_since.map_or_else(|| "No".into_any(), |since| under_way(comparison, terms, since, now))),
        ("Last comparison", comparison.last_run_at.map_or_else(|| "Not yet".into_any(), |at| last(comparison, terms, at, now))),
        ("Found", found(comparison)),
        ("Next comparison", upcoming("Due", comparison.next_run_at, now)),
    ];
    let content = stack((
        muted(format!(
            "Every hour we look for {} whose call never came and for fields that do not show the status written.",
            terms.deals
        )),
        facts(rows),
        comparison.note.clone().map(muted),
    ));
    Some(card("comparison", format!("Comparison with {}", terms.provider), ().into_any(), content))
}

fn under_way(comparison: &Reconciliation, terms: &'static Terms, since: Timestamp, now: Timestamp) -> AnyView {
    view! { "Since " {moment(since, now)} ": " {looked_at(comparison, terms)} " looked at so far" }.into_any()
}

/// What was looked at is counted anew by the one that is under way.
fn last(comparison: &Reconciliation, terms: &'static Terms, at: Timestamp, now: Timestamp) -> AnyView {
    let looked_at = comparison.running_since.is_none().then(|| view! { ": " {looked_at(comparison, terms)} " looked at" });
    view! { {moment(at, now)} {looked_at} }.into_any()
}

fn found(comparison: &Reconciliation) -> AnyView {
    match (comparison.found, comparison.repaired) {
        (0, _) if comparison.last_run_at.is_none() => "Nothing yet".into_any(),
        (0, _) => "No differences".into_any(),
        (found, repaired) => {
            view! { {count_of(found, "difference", "differences")} ", " {count(repaired)} " repaired" }.into_any()
        }
    }
}

fn looked_at(comparison: &Reconciliation, terms: &'static Terms) -> AnyView {
    view! {
        {count_of(comparison.records, terms.deal, terms.deals)}
        " and "
        {count_of(comparison.contracts, "contract", "contracts")}
    }
    .into_any()
}

fn count_of(number: i64, one: &'static str, several: &'static str) -> AnyView {
    view! { {count(number)} " " {if number == 1 { one } else { several }} }.into_any()
}
