//! One contract.

use super::{
    contract_analysis::analysis, contract_history::history, contract_versions::versions, messages::messages, page::page,
    request::parameter,
};
use crate::{
    context::{actor, hub},
    islands::LivePage,
    live::Subject,
    parts::{
        button::{Look, hidden, post, submit},
        card::{card, live},
        field::select,
        layout::{back, form_row, main_and_side, page_heading, sections, stack},
        list::facts,
        moment::moment,
        notice::notice,
        prose::{external, muted},
        status,
        tone::Tone,
    },
    watch::{fingerprint, timeline_page},
};
use leptos::prelude::*;
use lexicontract::domain::{
    contract::{Contract, NegotiationStatus, SyncStatus},
    ids::ContractId,
    people::Role,
    problem::Problem,
    time::Timestamp,
};

/// The page.
#[component]
pub(super) fn ContractPage() -> impl IntoView {
    let id = parameter("id");
    let messages = messages();
    page("Contract", async move {
        let (hub, actor) = (hub(), actor()?);
        let id: ContractId = id.parse().map_err(|_| Problem::NotFound)?;
        let subject = Subject::Contract(id.clone());
        let known = fingerprint(&hub, &actor, &subject).await?;
        let contract = hub.contract(&actor, &id).await?;
        let timeline = hub.timeline(&actor, &id, &timeline_page()).await?;
        let now = hub.clock().now();
        let may_change = actor.role >= Role::Member;
        let main = stack((live("analysis-live", analysis(&contract)), live("history-live", history(&timeline.items, now))));
        let side = view! {
            {card("negotiation", "Negotiation", ().into_any(), negotiation(&contract, may_change, now))}
            {live("versions-live", versions(&contract, now))}
        };
        Ok(sections(view! {
            {back("Contracts", "/contracts")}
            {page_heading(contract.title.clone(), live("lead", lead(&contract)), ().into_any())}
            {messages}
            <LivePage subject known address=format!("/contracts/{id}") />
            {main_and_side(main, side.into_any())}
        }))
    })
}

fn lead(contract: &Contract) -> AnyView {
    let opportunity = match (&contract.opportunity_name, &contract.opportunity_url) {
        (Some(name), Some(address)) => Some(external(name.clone(), address.clone())),
        (Some(name), None) => Some(name.clone().into_any()),
        (None, _) => None,
    };
    let account = contract.account_name.clone().map(|account| view! { <span>{account}</span> });
    let parts = view! { {status::negotiation(contract.negotiation_status)} {account} {opportunity} };
    crate::parts::layout::row(parts)
}

/// The status and its way to Salesforce.
fn negotiation(contract: &Contract, may_change: bool, now: Timestamp) -> AnyView {
    let options = NegotiationStatus::ALL.map(|status| (status.as_str(), status.label())).to_vec();
    let form = may_change.then(|| {
        view! {
            <form method="post" action="/actions/change_status">
                {hidden(vec![("contract", contract.id.to_string())])}
                {form_row((
                    select(
                        "negotiation-status",
                        "negotiation_status",
                        "Negotiation status",
                        options,
                        contract.negotiation_status.as_str(),
                    ),
                    submit("Save", Look::Primary),
                ))}
            </form>
        }
    });
    stack((form, live("sync", sync(contract, may_change, now))))
}

fn sync(contract: &Contract, may_change: bool, now: Timestamp) -> AnyView {
    let sync = &contract.sync;
    if sync.status == SyncStatus::NotLinked {
        return muted("This contract was uploaded, so nothing is written to Salesforce.");
    }
    let mut rows = vec![("Salesforce", status::sync(sync.status))];
    if let Some(value) = sync.last_synced_value.clone() {
        let at = sync.last_synced_at.map(|at| view! { ", " {moment(at, now)} });
        rows.push(("Last written", view! { {value} {at} }.into_any()));
    }
    let is_stuck = sync.status == SyncStatus::Failed || sync.last_error.is_some();
    if is_stuck {
        rows.push(("Attempts", sync.attempts.into_any()));
    }
    let tone = if sync.status == SyncStatus::Failed { Tone::Danger } else { Tone::Warn };
    let fault = sync.last_error.clone().map(|error| notice(tone, None, error));
    let retry = (is_stuck && may_change)
        .then(|| post("/actions/retry_sync", vec![("contract", contract.id.to_string())], "Write again now", Look::Secondary));
    stack((facts(rows), fault, retry))
}
