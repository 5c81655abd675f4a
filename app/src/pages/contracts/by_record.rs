use crate::pages::prelude::*;

/// The target page of links in the provider's user interface. Redirects to the contract of the deal with the id `record`. If the
/// deal has no contract, the status is 404.
pub(crate) fn contract_of_record(provider: &'static str, record: String) -> WebPage {
    page("Contract", async move {
        let (hub, actor) = (hub(), actor()?);
        match hub.contract_of_record(&actor, provider, &record).await? {
            Some(contract) => {
                leptos_axum::redirect(&format!("/contracts/{contract}"));
                // `redirect` sets the status only for clients that accept HTML. This call sets it for all clients.
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
        "This {deal} has no contract in your organization. One is created within seconds when the {deal} reaches a stage that starts a review, \
         or when someone sends it to legal from its page in {}.",
        terms.provider
    );
    let next = link_button("Go to Contracts", "/contracts", Look::Secondary);
    page_heading("No contract yet", view! { <p role="alert">{text}</p> }, next)
}
