//! What disconnecting ends: the same words in the dialog and on the page without JavaScript.

use crate::parts::layout::{bullets, subheading};
use leptos::prelude::*;
use lexicontract::domain::connection::terms::Terms;

/// What will stop, what is erased, and what stays.
pub fn consequences(has_deals: bool, terms: &Terms) -> AnyView {
    let Terms { provider, deals, .. } = terms;
    let (stops, erased) = match has_deals {
        true => (
            vec![
                format!("{deals} no longer become contracts: calls from {provider} are refused at once."),
                format!("Status changes are no longer written to {provider}. Those on their way are stopped."),
            ],
            vec![
                format!("The stored credentials, and the access at {provider}"),
                "The webhook secret and the list of deliveries".to_owned(),
            ],
        ),
        false => (vec![format!("LexiContract no longer reaches {provider}.")], vec!["The stored key".to_owned()]),
    };
    view! {
        <div class="flex flex-col gap-2">
            {subheading("What stops")}
            {bullets(stops)}
            {subheading("What is erased")}
            {bullets(erased)}
            {subheading("What stays")}
            {bullets(vec!["Your contracts, their documents and their history".to_owned()])}
        </div>
    }
    .into_any()
}
