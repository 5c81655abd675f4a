//! The status of a contract and its way to Salesforce.

use super::ending::end;
use crate::{
    Fault,
    context::{actor, hub},
    words::next_path::escape,
};
use leptos::prelude::*;
use lexicontract::domain::{
    contract::NegotiationStatus,
    ids::ContractId,
    problem::{Invalid, Problem},
};

/// Changes the negotiation status.
///
/// # Errors
/// The status is unknown, or the contract is gone.
#[server(prefix = "/actions", endpoint = "change_status")]
pub async fn change_status(
    #[server(default)] contract: String,
    #[server(default)] negotiation_status: String,
) -> Result<(), Fault> {
    let page = format!("/contracts/{}", escape(&contract));
    let outcome = async {
        let id: ContractId = contract.parse().map_err(|_| Problem::NotFound)?;
        let status = NegotiationStatus::parse(&negotiation_status).ok_or(Invalid::Status)?;
        Ok(hub().change_status(&actor()?, &id, status).await?)
    };
    end(outcome.await, |_| format!("{page}?done=status_saved"), &page)
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
        Ok(hub().retry_sync(&actor()?, &id).await?)
    };
    end(outcome.await, |_| format!("{page}?done=sync_retried"), &page)
}
