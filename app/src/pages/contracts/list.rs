use crate::contract_query::ContractQuery;
use crate::pages::prelude::*;
use lexicontract::domain::contract::ContractSummary;
use lexicontract::services::{ContractCounts, ContractSort};

pub(super) fn list(contracts: &Page<ContractSummary>, counts: &ContractCounts, query: &ContractQuery, now: Timestamp) -> AnyView {
    if contracts.items.is_empty() {
        return any_view! { {(counts.total() > 0).then(|| by_status(counts, query))} {empty_list(query)} };
    }
    let rows = contracts.items.iter().map(|contract| contract_row(contract, now)).collect();
    let first = query.cursor.is_some().then(|| query.at(None).address());
    let next = contracts.next_cursor.clone().map(|cursor| query.at(Some(cursor)).address());
    let all = query.status().map_or(counts.total(), |status| counts.of(status));
    let shown = i64::try_from(contracts.items.len()).unwrap_or(i64::MAX);
    let noun = if all == 1 { " contract" } else { " contracts" };
    let text = view! { {count(shown)} " of " {count(all)} {noun} };
    any_view! {
        {by_status(counts, query)}
        {sortable_table("Contracts", rows, |heading| sorting(heading, query))}
        {pagination(text, first, next)}
    }
}

fn by_status(counts: &ContractCounts, query: &ContractQuery) -> AnyView {
    let every = filter_link("All", count(counts.total()), query.with_status(None).address(), query.status().is_none());
    let each = NegotiationStatus::ALL.iter().copied().filter(|status| counts.of(*status) > 0 || query.status() == Some(*status));
    let each = each.map(|status| {
        let is_chosen = query.status() == Some(status);
        filter_link(status.label(), count(counts.of(status)), query.with_status(Some(status)).address(), is_chosen)
    });
    any_view! { <nav aria-label="Contracts by status">{row(view! { {every} {each.collect_view()} })}</nav> }
}

fn sorting(heading: &'static str, query: &ContractQuery) -> Option<Sorting> {
    let (sort, direction) = match heading {
        "Contract" => (ContractSort::Title, "ascending"),
        "Account" => (ContractSort::Account, "ascending"),
        "Updated" => (ContractSort::Updated, "descending"),
        _ => return None,
    };
    Some(Sorting { address: query.with_sort(sort).address(), now: (query.sort() == sort).then_some(direction) })
}

fn empty_list(query: &ContractQuery) -> AnyView {
    let is_searched = query.text.is_some() || query.status().is_some();
    let is_filtered = is_searched || query.sync().is_some() || query.attention().is_some();
    if is_filtered || query.cursor.is_some() {
        let all = link_button("Show all contracts", "/contracts", Look::Secondary);
        return empty(Icon::SEARCH, "No contract matches", "Try another search or another status.", all);
    }
    let text = "Connect a CRM to create contracts from deals that reach a review stage, or upload a document.";
    empty(Icon::DOCUMENT, "No contracts yet", text, link_button("Go to Integrations", "/integrations", Look::Secondary))
}

fn contract_row(contract: &ContractSummary, now: Timestamp) -> Vec<Cell> {
    let provider = connectors::terms(contract.provider.as_deref().unwrap_or_default()).provider;
    let source = contract.record_name.clone().filter(|name| *name != contract.title).map(muted);
    let title = link(contract.title.clone(), format!("/contracts/{}", contract.id));
    let attention =
        (!contract.attention.is_empty()).then(|| row(contract.attention.iter().copied().map(attention_pill).collect_view()));
    vec![
        ("Contract", any_view! { {title} {source} {attention} }),
        ("Account", contract.party_name.clone().unwrap_or("–".to_owned()).into_any()),
        ("Status", negotiation_pill(contract.negotiation_status)),
        ("Versions", count(contract.version_count)),
        ("Write-back", sync_pill(contract.sync_status, provider)),
        ("Updated", moment(contract.updated_at, now)),
    ]
}
