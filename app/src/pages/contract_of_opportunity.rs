//! Where the panel in Salesforce leads: it knows the Opportunity, not our contract.

use super::{
    page::{WebPage, page, set_status},
    request::parameter,
};
use crate::{
    context::{actor, hub},
    parts::{
        button::{Look, link},
        layout::page_heading,
    },
};
use leptos::prelude::*;
use lexicontract::domain::{opportunity::SalesforceId, problem::Problem};

/// Goes to the contract of an Opportunity, or says that there is none yet.
pub(super) fn contract_of_opportunity() -> WebPage {
    let opportunity = parameter("opportunity");
    page("Contract", async move {
        let (hub, actor) = (hub(), actor()?);
        let opportunity = SalesforceId::parse_with_prefix(&opportunity, SalesforceId::OPPORTUNITY).ok_or(Problem::NotFound)?;
        match hub.contract_of_opportunity(&actor, &opportunity).await.map_err(Problem::from) {
            Ok(contract) => {
                leptos_axum::redirect(&format!("/contracts/{contract}"));
                // Without this, only who says that it takes HTML would be sent on.
                set_status(303);
                Ok(().into_any())
            }
            Err(Problem::NotFound) => Ok(none_yet()),
            Err(problem) => Err(problem),
        }
    })
}

fn none_yet() -> AnyView {
    set_status(404);
    let words = "This Opportunity has no contract in your organization. It gets one when the Opportunity reaches the stage that starts a review, \
        or when somebody presses “Send to legal” in the LexiContract panel of its page in Salesforce. That takes a few seconds.";
    page_heading(
        "No contract yet",
        view! { <p role="alert">{words}</p> }.into_any(),
        link("Go to Contracts", "/contracts", Look::Secondary),
    )
}
