//! The status of a contract and its write-back.

use super::ending::end;
use crate::{
    Fault,
    context::{actor, hub},
    text::next_path::escape,
};
use leptos::prelude::*;
use lexicontract::{
    domain::{
        contract::{Contract, NegotiationStatus},
        ids::ContractId,
        problem::{Invalid, Problem},
    },
    hub,
};

/// Changes the negotiation status. A form says which one its person saw: when somebody else was faster, nothing is overwritten.
///
/// # Errors
/// The status is unknown, somebody else has changed it meanwhile, or the contract is gone.
#[server(prefix = "/actions", endpoint = "change_status")]
pub async fn change_status(
    #[server(default)] contract: String,
    #[server(default)] negotiation_status: String,
    #[server(default)] seen: Option<String>,
) -> Result<(), Fault> {
    let page = format!("/contracts/{}", escape(&contract));
    let outcome = change(&contract, &negotiation_status, seen.as_deref()).await;
    let back = match (&outcome, NegotiationStatus::parse(&negotiation_status)) {
        (Err(hub::Error::Problem(Problem::ChangedMeanwhile)), Some(unsaved)) => format!("{page}?unsaved={}", unsaved.as_str()),
        _ => page.clone(),
    };
    end(outcome, |_| format!("{page}?done=status_saved"), &back)
}

async fn change(contract: &str, status: &str, seen: Option<&str>) -> hub::Result<Contract> {
    let id: ContractId = contract.parse().map_err(|_| Problem::NotFound)?;
    let status = NegotiationStatus::parse(status).ok_or(Invalid::Status)?;
    let (hub, actor) = (hub(), actor()?);
    Ok(match seen {
        Some(word) => {
            let seen = NegotiationStatus::parse(word).ok_or(Invalid::Status)?;
            hub.change_seen_status(&actor, &id, seen, status).await?
        }
        None => hub.change_status(&actor, &id, status).await?,
    })
}

/// Analyses a version again whose analysis failed.
///
/// # Errors
/// The version is gone.
#[server(prefix = "/actions", endpoint = "retry_analysis")]
pub async fn retry_analysis(#[server(default)] contract: String, #[server(default)] version: i64) -> Result<(), Fault> {
    let page = format!("/contracts/{}", escape(&contract));
    let outcome = async {
        let id: ContractId = contract.parse().map_err(|_| Problem::NotFound)?;
        hub().retry_analysis(&actor()?, &id, version).await
    };
    let shown = format!("{page}?version={version}");
    end(outcome.await, |_| format!("{shown}&done=analysis_retried"), &shown)
}

/// Tries the write-back again now.
///
/// # Errors
/// The contract is not linked, or gone.
#[server(prefix = "/actions", endpoint = "retry_sync")]
pub async fn retry_sync(#[server(default)] contract: String) -> Result<(), Fault> {
    let page = format!("/contracts/{}", escape(&contract));
    let outcome = async {
        let id: ContractId = contract.parse().map_err(|_| Problem::NotFound)?;
        hub().retry_sync(&actor()?, &id).await
    };
    end(outcome.await, |_| format!("{page}?done=sync_retried"), &page)
}
