//! One contract.

use super::{
    analysis::{document, glance, risks},
    history::history,
    overview::begin_again,
    status::negotiation,
    versions::versions,
};
use crate::{
    auto_refresh::Subject,
    context::{actor, hub},
    fingerprint::fingerprint,
    islands::LivePage,
    pages::{
        messages::messages,
        page::{WebPage, page, set_title},
        request::{parameter, query},
    },
    parts::{
        layout::{
            back,
            card::{card, live},
            lead_main_and_rest, page_heading,
            prose::external,
            row, sections, stack,
        },
        status,
    },
    text::next_path::escape,
};
use leptos::prelude::*;
use lexicontract::{
    domain::{
        account::users::Role,
        contract::{Contract, NegotiationStatus, Version, timeline::TimelineEntry},
        ids::{ActivityId, ContractId},
        page::{Page, PageRequest},
        problem::Problem,
        time::Timestamp,
    },
    hub::{self, Hub},
    services::Actor,
};

/// What the sections of the page show.
pub(crate) struct Shown {
    pub contract: Contract,
    /// The number of the version that is read; the newest one unless the address names another.
    pub version: Option<i64>,
    /// The text of that version, when it was read.
    pub text: Option<String>,
    /// What happened, newest first: a page of it.
    pub history: Page<(ActivityId, TimelineEntry)>,
    /// Whether newer events are on another page.
    pub is_older_history: bool,
    /// The number of the version that the address names.
    pub asked: Option<i64>,
    /// The status that a person chose and that was not saved, because somebody else was faster.
    pub unsaved: Option<NegotiationStatus>,
    pub may_change: bool,
    pub now: Timestamp,
    known: String,
    address: String,
}

impl Shown {
    /// The version that is read.
    pub(crate) fn version(&self) -> Option<&Version> {
        self.contract.versions.iter().find(|version| Some(version.number) == self.version)
    }

    /// Whether a newer one than that is there.
    pub(crate) fn is_old(&self) -> bool {
        self.contract.versions.last().is_some_and(|newest| Some(newest.number) != self.version)
    }
}

/// How much of what happened a page shows.
const EVENTS_AT_ONCE: i64 = 50;

/// The page.
pub(crate) fn contract_page() -> WebPage {
    let (id, asked, before) = (parameter("id"), query("version"), query("before"));
    let unsaved = query("unsaved").and_then(|word| NegotiationStatus::parse(&word));
    let messages = messages();
    page("Contract", async move {
        let (hub, actor) = (hub(), actor()?);
        let id: ContractId = id.parse().map_err(|_| Problem::NotFound)?;
        let asked = asked.map(|number| number.parse::<i64>().map_err(|_| Problem::NotFound)).transpose()?;
        let shown = read(&hub, &actor, &id, (asked, before), unsaved).await?;
        Ok(view(&shown, messages))
    })
}

async fn read(
    hub: &Hub,
    actor: &Actor,
    id: &ContractId,
    (asked, before): (Option<i64>, Option<String>),
    unsaved: Option<NegotiationStatus>,
) -> hub::Result<Shown> {
    let known = fingerprint(hub, actor, &Subject::Contract(id.clone())).await?;
    let contract = hub.contract(actor, id).await?;
    let version = asked.or(contract.versions.last().map(|version| version.number));
    let text = match version {
        Some(number) => match hub.version_text(actor, id, number).await {
            // The versions say why.
            Err(hub::Error::Problem(Problem::FileWithheld(_))) => None,
            text => text?,
        },
        None => None,
    };
    let page = PageRequest::new(Some(EVENTS_AT_ONCE), before.clone()).unwrap_or_default();
    Ok(Shown {
        history: hub.history(actor, id, &page).await.map_err(begin_again)?,
        is_older_history: before.is_some(),
        address: address(id, asked, before.as_deref()),
        asked,
        may_change: actor.role >= Role::Member,
        now: hub.clock().now(),
        contract,
        version,
        text,
        unsaved,
        known,
    })
}

/// The address of what is shown, without what it says about a form.
pub(crate) fn address(id: &ContractId, asked: Option<i64>, before: Option<&str>) -> String {
    let version = asked.map(|number| format!("version={number}"));
    let before = before.map(|event| format!("before={}", escape(event)));
    let query: Vec<String> = version.into_iter().chain(before).collect();
    let separator = if query.is_empty() { "" } else { "?" };
    format!("/contracts/{id}{separator}{}", query.join("&"))
}

fn view(shown: &Shown, messages: AnyView) -> AnyView {
    let contract = &shown.contract;
    let main = stack_of_cards(shown);
    let status = card("negotiation", "Negotiation", ().into_any(), negotiation(shown));
    let lead = view! {
        {status}
        {live("versions-live", versions(shown))}
    };
    let rest = live("history-live", history(shown));
    set_title(&contract.title);
    sections(view! {
        {back("Contracts", "/contracts")}
        {page_heading(contract.title.clone(), live("lead", about(contract)), ().into_any())}
        {messages}
        <LivePage subject=Subject::Contract(contract.id.clone()) known=shown.known.clone() address=shown.address.clone() />
        {lead_main_and_rest(lead.into_any(), main, rest)}
    })
}

fn stack_of_cards(shown: &Shown) -> AnyView {
    let content = view! { {glance(shown)} {risks(shown)} {document(shown)} };
    live("analysis-live", stack(content))
}

fn about(contract: &Contract) -> AnyView {
    let source = contract.source();
    let record = source.map(|link| match &link.url {
        Some(address) => external(link.name.clone(), address.clone()),
        None => link.name.clone().into_any(),
    });
    let party = source.and_then(|link| link.party_name.clone()).map(|party| view! { <span>{party}</span> });
    let parts = view! {
        <span id="status-shown">{status::negotiation(contract.negotiation_status)}</span>
        {party}
        {record}
    };
    row(parts)
}
