//! The status of a contract and its write-back.

use super::contract::Shown;
use crate::parts::{
    form::{
        button::{Look, hidden, post, submit},
        field::select,
    },
    layout::{card::live, form_row, list::facts, prose::muted, stack},
    status::{self, moment::moment, notice::remark, number::count, tone::Tone},
};
use leptos::prelude::*;
use lexicontract::{
    connectors,
    domain::contract::{NegotiationStatus, SyncStatus},
};

/// The form, and how the write-back stands.
pub(crate) fn negotiation(shown: &Shown) -> AnyView {
    stack((shown.may_change.then(|| form(shown)), live("sync", sync(shown))))
}

/// It says which status its person saw, so that a change by somebody else in between is noticed and not overwritten.
fn form(shown: &Shown) -> AnyView {
    let options = NegotiationStatus::ALL.map(|status| (status.as_str(), status.label())).to_vec();
    let seen = shown.contract.negotiation_status;
    let chosen = shown.unsaved.unwrap_or(seen);
    let unsaved = shown
        .unsaved
        .filter(|unsaved| *unsaved != seen)
        .map(|unsaved| muted(format!("It is {} now. You had chosen {}, which is not saved.", seen.label(), unsaved.label())));
    view! {
        <form
            id="status-form"
            method="post"
            action="/actions/change_status"
            data-screen-only=""
            data-busy="Saving …"
            data-shows="status-shown"
        >
            {hidden(vec![("contract", shown.contract.id.to_string()), ("seen", seen.as_str().to_owned())])}
            {stack((
                form_row((
                    select("negotiation-status", "negotiation_status", "Negotiation status", options, chosen.as_str()),
                    submit("Save", Look::Primary),
                )),
                unsaved,
            ))}
        </form>
    }
    .into_any()
}

fn sync(shown: &Shown) -> AnyView {
    let Some(source) = shown.contract.source() else {
        return muted("This contract was uploaded, so its status is not written anywhere.");
    };
    let sync = &source.sync;
    let provider = connectors::terms(&source.provider).provider;
    let mut rows = vec![(provider, status::sync(sync.status, provider))];
    if let Some(value) = sync.last_synced_value.clone() {
        let at = sync.last_synced_at.map(|at| view! { ", " {moment(at, shown.now)} });
        rows.push(("Last written", view! { {value} {at} }.into_any()));
    }
    let is_stuck = sync.status == SyncStatus::Failed || sync.last_error.is_some();
    if is_stuck {
        rows.push(("Attempts", count(sync.attempts)));
    }
    let tone = if sync.status == SyncStatus::Failed { Tone::Danger } else { Tone::Warn };
    let fault = sync.last_error.clone().map(|error| remark(tone, None, error, ().into_any()));
    let retry = (is_stuck && shown.may_change).then(|| {
        post("/actions/retry_sync", vec![("contract", shown.contract.id.to_string())], "Write again now", Look::Secondary)
    });
    stack((facts(rows), fault, retry))
}
