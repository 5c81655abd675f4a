//! What disconnecting ends: the same words in the dialog and on the page without JavaScript.

use super::layout::{bullets, subheading};
use leptos::prelude::*;

/// What will stop, what is erased, and what stays.
pub fn consequences(name: &str) -> AnyView {
    let (stops, erased) = match name {
        "Salesforce" => (
            vec![
                "Opportunities no longer become contracts: calls from Salesforce are refused at once.".to_owned(),
                "Status changes are no longer written to Salesforce. Those on their way are stopped.".to_owned(),
            ],
            vec![
                "The stored credentials, and the access at Salesforce".to_owned(),
                "The webhook secret and the list of deliveries".to_owned(),
            ],
        ),
        _ => (vec![format!("LexiContract no longer reaches {name}.")], vec!["The stored key".to_owned()]),
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
