use super::outcome::{respond, respond_keeping};
use crate::context::{actor, form_actor, hub, parse_id};
use crate::text::url::escape;
use crate::{Fault, flash};
use leptos::prelude::*;
use lexicontract::domain::contract::erasure::ErasedContract;
use lexicontract::domain::contract::{Contract, NegotiationStatus};
use lexicontract::domain::problem::{Invalid, Problem};
use lexicontract::hub;
use std::collections::BTreeMap;

const CONTRACTS: &str = "/contracts";

/// Changes the negotiation status. `seen` is the status that the form showed. If another user has changed the status since the
/// form was rendered, the action fails and changes nothing.
#[server(prefix = "/actions", endpoint = "change_status")]
pub async fn change_status(
    #[server(default)] contract: String,
    #[server(default)] negotiation_status: String,
    #[server(default)] seen: Option<String>,
) -> Result<(), Fault> {
    let page = format!("/contracts/{}", escape(&contract));
    let outcome = change(&contract, &negotiation_status, seen.as_deref()).await;
    let back = match (&outcome, negotiation_status.parse::<NegotiationStatus>()) {
        (Err(hub::Error::Problem(Problem::ChangedMeanwhile)), Ok(unsaved)) => format!("{page}?unsaved={}", unsaved.into_str()),
        _ => page.clone(),
    };
    respond(outcome, |_| format!("{page}?done=status_saved"), &back)
}

async fn change(contract: &str, status: &str, seen: Option<&str>) -> hub::Result<Contract> {
    let id = parse_id(contract)?;
    let status = status.parse().map_err(|_| Invalid::Status)?;
    let (hub, actor) = (hub(), actor()?);
    let seen = seen.map(str::parse::<NegotiationStatus>).transpose().map_err(|_| Invalid::Status)?;
    hub.change_status_if(&actor, &id, seen, status).await
}

#[server(prefix = "/actions", endpoint = "retry_analysis")]
pub async fn retry_analysis(#[server(default)] contract: String, #[server(default)] version: i64) -> Result<(), Fault> {
    let page = format!("/contracts/{}", escape(&contract));
    let outcome = async { hub().retry_analysis(&actor()?, &parse_id(&contract)?, version).await };
    let page = format!("{page}?version={version}");
    respond(outcome.await, |_| format!("{page}&done=analysis_retried"), &page)
}

/// Retries the write-back of the status immediately.
#[server(prefix = "/actions", endpoint = "retry_sync")]
pub async fn retry_sync(#[server(default)] contract: String) -> Result<(), Fault> {
    let page = format!("/contracts/{}", escape(&contract));
    let outcome = async { hub().retry_sync(&actor()?, &parse_id(&contract)?).await };
    respond(outcome.await, |_| format!("{page}?done=sync_retried"), &page)
}

/// Files a version at the provider.
#[server(prefix = "/actions", endpoint = "file_version")]
pub async fn file_version(#[server(default)] contract: String, #[server(default)] version: i64) -> Result<(), Fault> {
    let page = format!("/contracts/{}", escape(&contract));
    let outcome = async { hub().file_version(&actor()?, &parse_id(&contract)?, version).await };
    respond(outcome.await, |_| format!("{page}?done=filing_requested"), &page)
}

/// Imports one file of the contract's deal as the next version. `file` is empty if no file is selected.
#[server(prefix = "/actions", endpoint = "choose_file")]
pub async fn choose_file(#[server(default)] contract: String, #[server(default)] file: String) -> Result<(), Fault> {
    let page = format!("/contracts/{}", escape(&contract));
    let outcome = async { hub().choose_file(&form_actor()?, &parse_id(&contract)?, &file).await };
    respond(outcome.await, |_| format!("{page}?done=file_chosen"), &format!("{page}/files"))
}

/// Dismisses the notice about a newer version.
#[server(prefix = "/actions", endpoint = "dismiss_newer_version")]
pub async fn dismiss_newer_version(#[server(default)] contract: String) -> Result<(), Fault> {
    let page = format!("/contracts/{}", escape(&contract));
    let outcome = async { hub().dismiss_newer_version(&actor()?, &parse_id(&contract)?).await };
    respond(outcome.await, |()| format!("{page}?done=notice_dismissed"), &page)
}

/// Changes the title. `seen` is the title that the form showed.
#[server(prefix = "/actions", endpoint = "change_title")]
pub async fn change_title(
    #[server(default)] contract: String,
    #[server(default)] title: String,
    #[server(default)] seen: Option<String>,
) -> Result<(), Fault> {
    let page = format!("/contracts/{}", escape(&contract));
    let outcome = async { hub().change_title(&actor()?, &parse_id(&contract)?, seen.as_deref(), &title).await };
    let outcome = outcome.await;
    respond_keeping(outcome, |_| format!("{page}?done=title_saved"), &page, Some(BTreeMap::from([("title", title)])))
}

/// Links the contract to a deal. `record` is the id of the deal or the address of its page.
#[server(prefix = "/actions", endpoint = "link_contract")]
pub async fn link_contract(
    #[server(default)] contract: String,
    #[server(default)] connection: String,
    #[server(default)] record: String,
) -> Result<(), Fault> {
    let page = format!("/contracts/{}", escape(&contract));
    let outcome =
        async { hub().link_contract(&form_actor()?, &parse_id(&contract)?, &parse_id(&connection)?, &record).await }.await;
    let values = BTreeMap::from([("connection", connection), ("record", record)]);
    respond_keeping(outcome, |_| format!("{page}?done=contract_linked"), &page, Some(values))
}

/// Removes the link to the deal.
#[server(prefix = "/actions", endpoint = "unlink_contract")]
pub async fn unlink_contract(#[server(default)] contract: String) -> Result<(), Fault> {
    let page = format!("/contracts/{}", escape(&contract));
    let outcome = async { hub().unlink_contract(&actor()?, &parse_id(&contract)?).await };
    respond(outcome.await, |()| format!("{page}?done=contract_unlinked"), &page)
}

/// Erases a contract. The page of contracts shows the receipt once.
#[server(prefix = "/actions", endpoint = "erase_contract")]
pub async fn erase_contract(#[server(default)] contract: String) -> Result<(), Fault> {
    let outcome = async { hub().erase_contract(&form_actor()?, &parse_id(&contract)?).await };
    let done = |erased: ErasedContract| {
        flash::keep(CONTRACTS, &serde_json::to_string(&erased).unwrap_or_default());
        format!("{CONTRACTS}?done=contract_erased")
    };
    respond(outcome.await, done, &format!("/contracts/{}/erase", escape(&contract)))
}
