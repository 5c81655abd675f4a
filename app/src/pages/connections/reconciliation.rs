//! Views of a connection's open issue and of the reconciliation with the provider.

use super::data::ConnectionData;
use crate::pages::prelude::*;
use lexicontract::domain::connection::health::{Issue, Reconciliation};

/// Two rows: the time when the issue began, and who can fix the issue. The top of the page shows the message of the issue.
pub(super) fn issue_rows(issue: &Issue, now: Timestamp) -> [(&'static str, AnyView); 2] {
    [("Failing since", moment(issue.since, now)), ("Who can fix this", issue.responsible.label().into_any())]
}

/// The current, the last and the next reconciliation run; `None` for providers that have no reconciliation.
pub(super) fn reconciliation(data: &ConnectionData) -> Option<AnyView> {
    let run = data.health.reconciliation.as_ref()?;
    let (now, terms) = (data.now, data.terms());
    // There are always the same rows, so that the content below does not move.
    let rows = vec![
        ("In progress", run.running_since.map_or_else(|| "No".into_any(), |since| in_progress(run, terms, since, now))),
        ("Last run", run.last_run_at.map_or_else(|| "Not yet".into_any(), |at| last(run, terms, at, now))),
        ("Found", found(run)),
        ("Next run", upcoming("Due", run.next_run_at, now)),
    ];
    let content = stack((
        muted(format!(
            "Every hour we look for missed calls for {} and for status fields that differ from the status written.",
            terms.deals
        )),
        facts(rows),
        run.note.clone().map(muted),
    ));
    Some(card("comparison", format!("Reconciliation with {}", terms.provider), (), content))
}

fn in_progress(run: &Reconciliation, terms: &'static Terms, since: Timestamp, now: Timestamp) -> AnyView {
    view! { "Since " {moment(since, now)} ": " {checked(run, terms)} " checked so far" }.into_any()
}

/// The last completed run. A run in progress has reset the counts, so the counts are shown only if no run is in progress.
fn last(run: &Reconciliation, terms: &'static Terms, at: Timestamp, now: Timestamp) -> AnyView {
    let checked = run.running_since.is_none().then(|| view! { ": " {checked(run, terms)} " checked" });
    view! { {moment(at, now)} {checked} }.into_any()
}

fn found(run: &Reconciliation) -> AnyView {
    match (run.found, run.repaired) {
        (0, _) if run.last_run_at.is_none() => "Nothing yet".into_any(),
        (0, _) => "No differences".into_any(),
        (found, repaired) => {
            view! { {count_of(found, "difference", "differences")} ", " {count(repaired)} " repaired" }.into_any()
        }
    }
}

fn checked(run: &Reconciliation, terms: &'static Terms) -> AnyView {
    view! {
        {count_of(run.records, terms.deal, terms.deals)}
        " and "
        {count_of(run.contracts, "contract", "contracts")}
    }
    .into_any()
}

fn count_of(number: i64, one: &'static str, several: &'static str) -> AnyView {
    view! { {count(number)} " " {if number == 1 { one } else { several }} }.into_any()
}
