use super::data::ContractData;
use crate::pages::prelude::*;
use lexicontract::domain::contract::SyncStatus;

pub(super) fn negotiation(data: &ContractData) -> AnyView {
    stack((data.may_change.then(|| form(data)), live("sync", sync(data))))
}

/// The form that changes the status. It also submits the status that it showed, so that the server detects a concurrent change.
fn form(data: &ContractData) -> AnyView {
    let options = NegotiationStatus::ALL.iter().map(|status| (status.into_str(), status.label())).collect::<Vec<_>>();
    let seen = data.contract.negotiation_status;
    let chosen = data.selection.unsaved.unwrap_or(seen);
    let unsaved = (chosen != seen)
        .then(|| muted(format!("The status is now {}. Your choice {} was not saved.", seen.label(), chosen.label())));
    any_view! {
        <form
            id="status-form"
            method="post"
            action="/actions/change_status"
            data-screen-only=""
            data-busy="Saving …"
            data-shows="status-shown"
        >
            {hidden(vec![("contract", data.contract.id.to_string()), ("seen", seen.into_str().to_owned())])}
            {stack((
                form_row((
                    select("negotiation-status", "negotiation_status", "Negotiation status", options, chosen.into_str(), None),
                    submit("Save", Look::Primary),
                )),
                unsaved,
            ))}
        </form>
    }
}

fn sync(data: &ContractData) -> AnyView {
    let Some(source) = data.contract.source() else {
        return muted("This contract was uploaded, so its status is not written back.");
    };
    let sync = &source.sync;
    let provider = connectors::terms(&source.provider).provider;
    let mut rows = vec![(provider, sync_pill(sync.status, provider))];
    if let Some(value) = sync.last_synced_value.clone() {
        let at = sync.last_synced_at.map(|at| view! { ", " {moment(at, data.now)} });
        rows.push(("Last written", any_view! { {value} {at} }));
    }
    let is_stuck = sync.status == SyncStatus::Failed || sync.last_error.is_some();
    if is_stuck {
        rows.push(("Attempts", count(sync.attempts)));
    }
    let tone = if sync.status == SyncStatus::Failed { Tone::Danger } else { Tone::Warn };
    let error = sync.last_error.clone().map(|error| callout(tone, None, error, None));
    let retry = (is_stuck && data.may_change).then(|| {
        post_button("/actions/retry_sync", vec![("contract", data.contract.id.to_string())], "Write again now", Look::Secondary)
    });
    stack((facts(rows), error, retry))
}
