use super::analysis::{document, risks, summary};
use super::attention::attention;
use super::data::{ContractData, Selection};
use super::erase::erase_dialog;
use super::history::history;
use super::manage::manage;
use super::status::negotiation;
use super::versions::versions;
use crate::pages::prelude::*;

pub(crate) fn contract_page() -> WebPage {
    let (id, version, before) = (parameter("id"), query("version"), query("before"));
    let unsaved = query("unsaved").and_then(|status| status.parse::<NegotiationStatus>().ok());
    let (messages, form_state) = (messages(), FormState::take());
    page("Contract", async move {
        let (hub, actor) = (hub(), actor()?);
        let id: ContractId = parse_id(&id)?;
        let version = version.map(|number| parse_id(&number)).transpose()?;
        let selection = Selection { version, before, unsaved };
        let data = ContractData::read(&hub, &actor, &id, selection).await?;
        Ok(view(&data, messages, &form_state))
    })
}

fn view(data: &ContractData, messages: AnyView, form_state: &FormState) -> AnyView {
    let contract = &data.contract;
    let lead = view! {
        {card("negotiation", "Negotiation", (), negotiation(data))}
        {live("versions-live", versions(data))}
    };
    let main = live("analysis-live", stack(view! { {summary(data)} {risks(data)} {document(data)} }));
    let rest = view! { {data.may_change.then(|| manage(data, form_state))} {live("history-live", history(data))} };
    set_title(&contract.title);
    sections(view! {
        {back("Contracts", "/contracts")}
        {page_heading(contract.title.clone(), live("lead", about(contract)), ())}
        {messages}
        <LivePage subject=Subject::Contract(contract.id.clone()) known=data.fingerprint.clone() address=data.address(data.selection.before.as_deref()) />
        {live("attention-live", attention(data))}
        {lead_main_and_rest(lead, main, rest)}
        {data.is_admin.then(|| erase_dialog(contract, data.erasure))}
    })
}

fn about(contract: &Contract) -> AnyView {
    let source = contract.source();
    let record = source.map(|link| match &link.url {
        Some(address) => external(link.name.clone(), address.clone()),
        None => link.name.clone().into_any(),
    });
    let party = source.and_then(|link| link.party_name.clone()).map(|party| view! { <span>{party}</span> });
    let status = view! { <span id="status-shown">{negotiation_pill(contract.negotiation_status)}</span> };
    row((status, party, record))
}
