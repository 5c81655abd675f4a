//! What disconnecting ends: the same words in the dialog and on the page without JavaScript.

use leptos::prelude::*;

/// What will stop, and what stays.
pub fn consequences(name: &str) -> AnyView {
    let is_salesforce = name == "Salesforce";
    let (stops, erased) = match is_salesforce {
        true => (
            "Opportunities no longer become contracts, and status changes are no longer written to Salesforce.".to_owned(),
            "The stored credentials are erased at once, the access is withdrawn at Salesforce, and the webhook secret stops working.",
        ),
        false => (format!("LexiContract no longer reaches {name}."), "The stored credentials are erased at once."),
    };
    view! {
        <ul class="flex list-disc flex-col gap-1 pl-5">
            <li>{stops}</li>
            <li>{erased}</li>
            <li>"Your contracts, their documents and their history stay here."</li>
        </ul>
    }
    .into_any()
}
