//! The settings of the organization.

use super::ending::end_typed;
use crate::{
    Fault,
    context::{actor, hub},
};
use leptos::prelude::*;
use lexicontract::services::OrganizationChange;
use std::collections::BTreeMap;

const PAGE: &str = "/settings";

/// Changes the name, or whether texts may be sent to the language model; what a form leaves out stays.
///
/// # Errors
/// The name can't be used, or there is no language model.
#[server(prefix = "/actions", endpoint = "update_organization")]
pub async fn update_organization(
    #[server(default)] organization: Option<String>,
    #[server(default)] llm_analysis: Option<bool>,
) -> Result<(), Fault> {
    let typed = organization.clone().map(|name| BTreeMap::from([("organization", name)]));
    let outcome = async {
        // An empty field is read as an absent one.
        let name = organization.or_else(|| llm_analysis.is_none().then(String::new));
        let change = OrganizationChange { name, llm_analysis };
        hub().update_organization(&actor()?, change).await
    };
    let done = match llm_analysis {
        Some(true) => "llm_switched_on",
        Some(false) => "llm_switched_off",
        None => "organization_changed",
    };
    end_typed(outcome.await, |_| format!("{PAGE}?done={done}"), PAGE, typed)
}
