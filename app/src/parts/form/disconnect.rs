use crate::parts::{bullets, subheading};
use leptos::prelude::*;
use lexicontract::domain::connection::terms::Terms;

/// The consequences of disconnecting, for the dialog and for the page that replaces the dialog if scripts are disabled.
pub fn disconnect_consequences(has_deals: bool, terms: &Terms) -> AnyView {
    let Terms { provider, deals, .. } = terms;
    let (stops, erased) = match has_deals {
        true => (
            vec![
                format!("{deals} no longer become contracts: calls from {provider} are rejected immediately."),
                format!("Status changes are no longer written to {provider}, including queued ones."),
            ],
            vec![
                format!("The stored credentials and the access to {provider}"),
                "The webhook secret and the list of deliveries".to_owned(),
            ],
        ),
        false => (vec![format!("LexiContract can no longer connect to {provider}.")], vec!["The stored key".to_owned()]),
    };
    any_view! {
        <div class="flex flex-col gap-2">
            {subheading("What stops")}
            {bullets(stops)}
            {subheading("What is erased")}
            {bullets(erased)}
            {subheading("What stays")}
            {bullets(vec!["Your contracts, their documents and their history".to_owned()])}
        </div>
    }
}
