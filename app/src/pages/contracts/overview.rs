//! The list of contracts, and the form that adds one.

use super::list::list;
use crate::{
    auto_refresh::Subject,
    context::{actor, hub},
    contract_query::{ContractQuery, SORTS, sort_word},
    fingerprint::fingerprint,
    islands::LivePage,
    pages::{
        errors::rejected_form::FormState,
        messages::messages_saying,
        page::{WebPage, page},
        request::query,
    },
    parts::{
        form::{
            button::{Look, hidden, submit},
            field::{Input, file, search, select},
            form_id::form_id,
        },
        layout::{
            card::{card, live},
            disclosure::disclosure,
            filter_row, form_row, page_heading, sections, stack,
        },
    },
    text::size::size,
};
use leptos::prelude::*;
use lexicontract::{
    domain::{
        account::users::Role,
        contract::{NegotiationStatus, SyncStatus},
        file::file_type::{ACCEPTED_EXTENSIONS, ACCEPTED_TYPES},
        problem::{Invalid, Problem},
    },
    hub,
    services::ContractSort,
};

/// The page.
pub(crate) fn contracts() -> WebPage {
    let asked = ContractQuery::read(query);
    let refused = FormState::here();
    let messages = messages_saying(|problem| is_too_large(problem).then(too_large));
    page("Contracts", async move {
        let (hub, actor) = (hub(), actor()?);
        let subject = Subject::Contracts(serde_json::to_string(&asked).unwrap_or_default());
        let known = fingerprint(&hub, &actor, &subject).await.map_err(begin_again)?;
        let filter = asked.filter();
        let (contracts, counts) = (hub.contracts(&actor, &filter).await?, hub.contract_counts(&actor, &filter).await?);
        let list = list(&contracts, &counts, &asked, hub.clock().now());
        let address = asked.address();
        Ok(sections(view! {
            {page_heading(
                "Contracts",
                "From the deals of your CRM, and from uploads.".into_any(),
                ().into_any(),
            )}
            {messages}
            <LivePage subject known address />
            {(actor.role >= Role::Member).then(|| upload(&refused))}
            {card("list", "Overview", ().into_any(), stack((filters(&asked), live("contracts", list))))}
        }))
    })
}

/// An address with a place in the list that there is not, such as an old bookmark, is a page that is gone.
pub(crate) fn begin_again(error: hub::Error) -> hub::Error {
    match error {
        hub::Error::Problem(Problem::Invalid(Invalid::Cursor)) => Problem::NotFound.into(),
        error => error,
    }
}

fn filters(asked: &ContractQuery) -> AnyView {
    let every = |words| std::iter::once(("", words));
    let statuses = every("All").chain(NegotiationStatus::ALL.map(|status| (status.as_str(), status.label())));
    let syncs = every("All").chain(SYNCS.map(|sync| (sync.as_str(), sync.label())));
    let sorts = SORTS.map(|sort| (sort_word(sort), sort_label(sort)));
    view! {
        <form method="get" action="/contracts" role="search">
            {filter_row((
                search("Search", "Title, deal or customer", asked.text.clone().unwrap_or_default()),
                select("status-filter", "status", "Status", statuses.collect(), asked.status.as_deref().unwrap_or_default()),
                select("sync-filter", "sync", "Write-back", syncs.collect(), asked.sync.as_deref().unwrap_or_default()),
                select("sort", "sort", "Sort by", sorts.to_vec(), sort_word(asked.sort())),
                submit("Search", Look::Secondary),
            ))}
        </form>
    }
    .into_any()
}

/// In the order in which they need somebody.
const SYNCS: [SyncStatus; 5] =
    [SyncStatus::Failed, SyncStatus::Pending, SyncStatus::Synced, SyncStatus::Idle, SyncStatus::NotLinked];

fn sort_label(sort: ContractSort) -> &'static str {
    match sort {
        ContractSort::Created => "Newest",
        ContractSort::Updated => "Last changed",
        ContractSort::Title => "Title",
        ContractSort::Account => "Account",
    }
}

fn is_too_large(problem: &Problem) -> bool {
    matches!(problem, Problem::PayloadTooLarge | Problem::Invalid(Invalid::FileTooLarge))
}

fn largest() -> String {
    size(i64::try_from(hub().config().max_file_bytes).unwrap_or(i64::MAX))
}

fn too_large() -> String {
    format!("The file is too large: this server takes files of up to {}. Choose a smaller one.", largest())
}

fn upload(refused: &FormState) -> AnyView {
    let error = refused.error("file").map(|words| if refused.is_about(is_too_large) { too_large() } else { words });
    let help = format!("{ACCEPTED_TYPES} files up to {}. Texts of PDF, DOCX and TXT files are analysed.", largest());
    let title = Input { placeholder: "Master services agreement, Acme".to_owned(), ..Input::text("title", "Title") };
    let form = view! {
        <form method="post" action="/actions/upload" enctype="multipart/form-data" data-busy="Uploading …">
            {hidden(vec![form_id()])}
            {form_row((
                refused.fill(title).view(),
                file("file", "File", ACCEPTED_EXTENSIONS, help, (hub().config().max_file_bytes, too_large()), error),
                submit("Upload", Look::Primary),
            ))}
        </form>
    };
    disclosure("upload", "Upload a document", refused.is_any(), form.into_any())
}
