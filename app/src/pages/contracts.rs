//! The list of contracts, and the form that adds one.

use super::{messages::messages, page::page, request::query};
use crate::{
    context::{actor, hub},
    islands::LivePage,
    live::Subject,
    parts::{
        button::{Look, link, submit},
        card::{card, live},
        disclosure::disclosure,
        empty::empty,
        field::{Input, file, search, select},
        icon::Icon,
        layout::{form_row, page_heading, sections, stack},
        moment::moment,
        prose, status,
        table::{Cell, next_page, table},
    },
    watch::{filter, fingerprint},
    words::next_path::escape,
};
use leptos::prelude::*;
use lexicontract::domain::{
    contract::{ContractSummary, NegotiationStatus},
    page::Page,
    people::Role,
    time::Timestamp,
};

/// What the address asks for.
#[derive(Clone, Default)]
struct Asked {
    text: Option<String>,
    status: Option<String>,
    cursor: Option<String>,
}

impl Asked {
    fn of_request() -> Self {
        Self { text: query("q"), status: query("status"), cursor: query("cursor") }
    }

    fn address(&self, cursor: Option<&str>) -> String {
        let values = [("q", self.text.as_deref()), ("status", self.status.as_deref()), ("cursor", cursor)];
        let pairs: Vec<String> =
            values.iter().filter_map(|(name, value)| Some(format!("{name}={}", escape((*value)?)))).collect();
        if pairs.is_empty() { "/contracts".to_owned() } else { format!("/contracts?{}", pairs.join("&")) }
    }

    fn is_filtered(&self) -> bool {
        self.text.is_some() || self.status.is_some()
    }
}

/// The page.
#[component]
pub(super) fn Contracts() -> impl IntoView {
    let asked = Asked::of_request();
    let messages = messages();
    page("Contracts", async move {
        let (hub, actor) = (hub(), actor()?);
        let subject = Subject::Contracts { status: asked.status.clone(), text: asked.text.clone(), cursor: asked.cursor.clone() };
        let known = fingerprint(&hub, &actor, &subject).await?;
        let filter = filter(asked.status.as_deref(), asked.text.clone(), asked.cursor.clone());
        let contracts = hub.contracts(&actor, &filter).await?;
        let list = list(&contracts, &asked, hub.clock().now());
        let address = asked.address(asked.cursor.as_deref());
        Ok(sections(view! {
            {page_heading(
                "Contracts",
                "From your CRM’s opportunities, and from uploads.".into_any(),
                ().into_any(),
            )}
            {messages}
            <LivePage subject known address />
            {(actor.role >= Role::Member).then(upload)}
            {card("list", "All contracts", ().into_any(), stack((filters(&asked), live("contracts", list))))}
        }))
    })
}

fn filters(asked: &Asked) -> AnyView {
    let options =
        std::iter::once(("", "Every status")).chain(NegotiationStatus::ALL.map(|status| (status.as_str(), status.label())));
    view! {
        <form method="get" action="/contracts" role="search">
            {form_row((
                search("Search", "Title, Opportunity or account", asked.text.clone().unwrap_or_default()),
                select("status-filter", "status", "Status", options.collect(), asked.status.as_deref().unwrap_or_default()),
                submit("Search", Look::Secondary),
            ))}
        </form>
    }
    .into_any()
}

fn list(contracts: &Page<ContractSummary>, asked: &Asked, now: Timestamp) -> AnyView {
    if contracts.items.is_empty() {
        return nothing(asked);
    }
    let rows = contracts.items.iter().map(|contract| row(contract, now)).collect();
    let older = contracts.next_cursor.as_deref().map(|cursor| asked.address(Some(cursor)));
    view! { {table("Contracts", rows)} {next_page(older)} }.into_any()
}

fn nothing(asked: &Asked) -> AnyView {
    if asked.is_filtered() {
        let all = link("Show all contracts", "/contracts", Look::Secondary);
        return empty(Icon::Search, "No contract matches", "Try other words, or another status.", all);
    }
    let text =
        "Connect Salesforce, and an Opportunity that reaches its review stage becomes a contract here. Or upload a document.";
    empty(Icon::Document, "No contracts yet", text, link("Go to Integrations", "/integrations", Look::Secondary))
}

fn row(contract: &ContractSummary, now: Timestamp) -> Vec<Cell> {
    let opportunity = contract.opportunity_name.clone().filter(|name| *name != contract.title).map(prose::muted);
    vec![
        (
            "Contract",
            view! { {prose::link(contract.title.clone(), format!("/contracts/{}", contract.id))} {opportunity} }.into_any(),
        ),
        ("Account", contract.account_name.clone().unwrap_or("–".to_owned()).into_any()),
        ("Status", status::negotiation(contract.negotiation_status)),
        ("Versions", contract.version_count.into_any()),
        ("Salesforce", status::sync(contract.sync_status)),
        ("Updated", moment(contract.updated_at, now)),
    ]
}

fn upload() -> AnyView {
    let title = Input { placeholder: "Master services agreement, Acme".to_owned(), ..Input::text("title", "Title") };
    let form = view! {
        <form method="post" action="/actions/upload" enctype="multipart/form-data">
            {form_row((
                title.view(),
                file("file", "File", ".pdf,.docx,.txt,.md,.html", "PDF, Word or text."),
                submit("Upload", Look::Primary),
            ))}
        </form>
    };
    disclosure("upload", "Upload a document", false, form.into_any())
}
