//! The contracts that were found: how many, which, and the way on.

use crate::{
    contract_query::ContractQuery,
    parts::{
        form::button::{Look, link},
        icon::Icon,
        layout::{
            empty::empty,
            prose, row as side_by_side,
            table::{Cell, Sorting, pages, sortable_table},
        },
        status::{self, moment::moment, number::count, pill::choice},
    },
};
use leptos::prelude::*;
use lexicontract::{
    connectors,
    domain::{
        contract::{ContractSummary, NegotiationStatus},
        page::Page,
        time::Timestamp,
    },
    services::{ContractCounts, ContractSort},
};

/// The list, or why it is empty and what to do.
pub(crate) fn list(contracts: &Page<ContractSummary>, counts: &ContractCounts, asked: &ContractQuery, now: Timestamp) -> AnyView {
    if contracts.items.is_empty() {
        return view! { {(counts.total() > 0).then(|| by_status(counts, asked))} {nothing(asked)} }.into_any();
    }
    let rows = contracts.items.iter().map(|contract| row(contract, now)).collect();
    let first = asked.cursor.is_some().then(|| asked.at(None).address());
    let next = contracts.next_cursor.clone().map(|cursor| asked.at(Some(cursor)).address());
    let all = asked.status().map_or(counts.total(), |status| counts.of(status));
    let shown = i64::try_from(contracts.items.len()).unwrap_or(i64::MAX);
    let noun = if all == 1 { " contract" } else { " contracts" };
    let words = view! { {count(shown)} " of " {count(all)} {noun} };
    view! {
        {by_status(counts, asked)}
        {sortable_table("Contracts", rows, |heading| sorting(heading, asked))}
        {pages(words.into_any(), first, next)}
    }
    .into_any()
}

/// How many there are of each status; each leads to them.
fn by_status(counts: &ContractCounts, asked: &ContractQuery) -> AnyView {
    let every = choice("All", count(counts.total()), asked.with_status(None).address(), asked.status().is_none());
    let each = NegotiationStatus::ALL.into_iter().filter(|status| counts.of(*status) > 0 || asked.status() == Some(*status));
    let each = each.map(|status| {
        let is_chosen = asked.status() == Some(status);
        choice(status.label(), count(counts.of(status)), asked.with_status(Some(status)).address(), is_chosen)
    });
    view! { <nav aria-label="Contracts by status">{side_by_side(view! { {every} {each.collect_view()} })}</nav> }.into_any()
}

fn sorting(heading: &'static str, asked: &ContractQuery) -> Option<Sorting> {
    let (sort, direction) = match heading {
        "Contract" => (ContractSort::Title, "ascending"),
        "Account" => (ContractSort::Account, "ascending"),
        "Updated" => (ContractSort::Updated, "descending"),
        _ => return None,
    };
    Some(Sorting { address: asked.with_sort(sort).address(), now: (asked.sort() == sort).then_some(direction) })
}

fn nothing(asked: &ContractQuery) -> AnyView {
    if asked.is_filtered() || asked.cursor.is_some() {
        let all = link("Show all contracts", "/contracts", Look::Secondary);
        return empty(Icon::Search, "No contract matches", "Try other words, or another status.", all);
    }
    let text = "Connect a CRM, and a deal that reaches its review stage becomes a contract here. Or upload a document.";
    empty(Icon::Document, "No contracts yet", text, link("Go to Integrations", "/integrations", Look::Secondary))
}

fn row(contract: &ContractSummary, now: Timestamp) -> Vec<Cell> {
    let provider = connectors::terms(contract.provider.as_deref().unwrap_or_default()).provider;
    let source = contract.record_name.clone().filter(|name| *name != contract.title).map(prose::muted);
    vec![
        ("Contract", view! { {prose::link(contract.title.clone(), format!("/contracts/{}", contract.id))} {source} }.into_any()),
        ("Account", contract.party_name.clone().unwrap_or("–".to_owned()).into_any()),
        ("Status", status::negotiation(contract.negotiation_status)),
        ("Versions", count(contract.version_count)),
        ("Write-back", status::sync(contract.sync_status, provider)),
        ("Updated", moment(contract.updated_at, now)),
    ]
}
