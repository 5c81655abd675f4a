use super::outcome::{respond, respond_keeping};
use crate::Fault;
use crate::context::{actor, hub};
use leptos::prelude::*;
use lexicontract::services::OrganizationChange;
use std::collections::BTreeMap;

const PAGE: &str = "/settings";

/// Changes the name of the organization, or the permission to send contract texts to the language model.
#[server(prefix = "/actions", endpoint = "update_organization")]
pub async fn update_organization(
    #[server(default)] organization: Option<String>,
    #[server(default)] llm_analysis: Option<bool>,
) -> Result<(), Fault> {
    let values = organization.clone().map(|name| BTreeMap::from([("organization", name)]));
    let outcome = async {
        // Leptos deserializes an empty field as `None`. If both parameters are `None`, the user submitted an empty name.
        let name = organization.or_else(|| llm_analysis.is_none().then(String::new));
        hub().update_organization(&actor()?, OrganizationChange { name, llm_analysis }).await
    };
    let done = match llm_analysis {
        Some(true) => "llm_switched_on",
        Some(false) => "llm_switched_off",
        None => "organization_changed",
    };
    respond_keeping(outcome.await, |_| format!("{PAGE}?done={done}"), PAGE, values)
}

/// Erases the organization. `typed_name` is its name, typed as a confirmation.
#[server(prefix = "/actions", endpoint = "delete_organization")]
pub async fn delete_organization(#[server(default)] typed_name: String) -> Result<(), Fault> {
    let outcome = async { hub().erase_organization(&actor()?, &typed_name).await };
    respond(outcome.await, |()| "/login?done=organization_deleted".to_owned(), "/settings/delete")
}
