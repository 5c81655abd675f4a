use super::data::cursor_not_found;
use super::erase::erasure_receipt;
use super::list::list;
use crate::contract_query::{ContractQuery, SORTS, sort_value};
use crate::pages::prelude::*;
use crate::text::size::size;
use lexicontract::domain::contract::SyncStatus;
use lexicontract::domain::contract::attention::Attention;
use lexicontract::domain::file::file_type::{ACCEPTED_EXTENSIONS, ACCEPTED_TYPES, ANALYSED_TYPES};

pub(crate) fn contracts() -> WebPage {
    let contract_query = ContractQuery::read(query);
    let form_state = FormState::take();
    let erased = flash::take("/contracts").and_then(|receipt| serde_json::from_str(&receipt).ok());
    let messages = messages_with(|problem| is_too_large(problem).then(too_large));
    page("Contracts", async move {
        let (hub, actor) = (hub(), actor()?);
        let subject = Subject::Contracts(serde_json::to_string(&contract_query).unwrap_or_default());
        let known = fingerprint(&hub, &actor, &subject).await.map_err(cursor_not_found)?;
        let filter = contract_query.filter();
        let (contracts, counts) = (hub.contracts(&actor, &filter).await?, hub.contract_counts(&actor, &filter).await?);
        let list = list(&contracts, &counts, &contract_query, hub.clock().now());
        let address = contract_query.address();
        Ok(sections(view! {
            {page_heading("Contracts", "From the deals of your CRM and from uploads.", ())}
            {messages}
            {erased.as_ref().map(erasure_receipt)}
            <LivePage subject known address />
            {(actor.role >= Role::Member).then(|| upload(&form_state))}
            {card("list", "Overview", (), stack((filters(&contract_query), live("contracts", list))))}
        }))
    })
}

fn filters(contract_query: &ContractQuery) -> AnyView {
    let every = |label| std::iter::once(("", label));
    let statuses = every("All").chain(NegotiationStatus::ALL.iter().map(|status| (status.into_str(), status.label())));
    let syncs = every("All").chain(SYNCS.map(|sync| (sync.into_str(), sync.label())));
    let attentions = every("All").chain(Attention::ALL.iter().map(|attention| (attention.into_str(), attention.label())));
    let attention = contract_query.attention.as_deref().unwrap_or_default();
    let sorts = SORTS.map(|(_, value, label)| (value, label));
    any_view! {
        <form method="get" action="/contracts" role="search">
            {filter_row((
                search("Search", "Title, deal or customer", contract_query.text.clone().unwrap_or_default()),
                select("status-filter", "status", "Status", statuses, contract_query.status.as_deref().unwrap_or_default(), None),
                select("sync-filter", "sync", "Write-back", syncs, contract_query.sync.as_deref().unwrap_or_default(), None),
                select("attention-filter", "attention", "Needs attention", attentions, attention, None),
                select("sort", "sort", "Sort by", sorts, sort_value(contract_query.sort()), None),
                submit("Search", Look::Secondary),
            ))}
        </form>
    }
}

/// Write-back states in the order of the filter, most urgent state first.
const SYNCS: [SyncStatus; 5] =
    [SyncStatus::Failed, SyncStatus::Pending, SyncStatus::Synced, SyncStatus::Idle, SyncStatus::NotLinked];

pub(super) fn is_too_large(problem: &Problem) -> bool {
    matches!(problem, Problem::PayloadTooLarge | Problem::Invalid(Invalid::FileTooLarge))
}

pub(super) fn max_size() -> String {
    size(i64::try_from(hub().config().max_file_bytes).unwrap_or(i64::MAX))
}

pub(super) fn too_large() -> String {
    format!("The file is too large. This server accepts files up to {}. Choose a smaller one.", max_size())
}

fn upload(form_state: &FormState) -> AnyView {
    let error = form_state.error("file").map(|error| if form_state.is_about(is_too_large) { too_large() } else { error });
    let help = format!("{ACCEPTED_TYPES} files up to {}. {ANALYSED_TYPES} files are analysed.", max_size());
    let title = Input { placeholder: "Master services agreement, Acme".to_owned(), ..Input::text("title", "Title") };
    let file = FileInput {
        name: "file",
        label: "File",
        accept: ACCEPTED_EXTENSIONS,
        help,
        max_bytes: hub().config().max_file_bytes,
        too_large: too_large(),
        error,
    };
    let form = view! {
        <form method="post" action="/actions/upload" enctype="multipart/form-data" data-busy="Uploading …">
            {hidden(vec![form_id()])}
            {form_row((form_state.fill(title).view(), file.view(), submit("Upload", Look::Primary)))}
        </form>
    };
    disclosure("upload", "Upload a document", form_state.is_rejected(), form)
}
