//! Where a link at the provider leads: it knows the deal, not our contract.

use crate::{
    context::{actor, hub},
    pages::page::{WebPage, page, set_status},
    parts::{
        form::button::{Look, link},
        layout::page_heading,
    },
};
use leptos::prelude::*;
use lexicontract::{connectors, domain::connection::terms::Terms};

/// Redirects to the contract of a deal, or says that there is none yet.
pub(crate) fn contract_of_record(provider: &'static str, record: String) -> WebPage {
    page("Contract", async move {
        let (hub, actor) = (hub(), actor()?);
        match hub.contract_of_record(&actor, provider, &record).await? {
            Some(contract) => {
                leptos_axum::redirect(&format!("/contracts/{contract}"));
                // Without this, only clients that accept HTML would be redirected.
                set_status(303);
                Ok(().into_any())
            }
            None => Ok(none_yet(connectors::terms(provider))),
        }
    })
}

fn none_yet(terms: &Terms) -> AnyView {
    set_status(404);
    let deal = terms.deal;
    let text = format!(
        "This {deal} has no contract in your organization. It gets one when the {deal} reaches a stage that starts a review, or when someone \
         sends it to legal from its page in {}. That takes a few seconds.",
        terms.provider
    );
    page_heading(
        "No contract yet",
        view! { <p role="alert">{text}</p> }.into_any(),
        link("Go to Contracts", "/contracts", Look::Secondary),
    )
}
