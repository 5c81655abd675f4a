//! A second thought before something ends, without a script.

use super::button::{Look, button_class, hidden, submit};
use leptos::prelude::*;

/// A button that unfolds what will happen, and the button that does it.
pub fn confirm(
    words: &'static str,
    look: Look,
    consequence: impl Into<String>,
    action: &'static str,
    values: Vec<(&'static str, String)>,
    do_it: &'static str,
) -> AnyView {
    let consequence: String = consequence.into();
    view! {
        <details class="group">
            <summary class=format!("{} list-none", button_class(look))>{words}</summary>
            <div class="mt-2 flex flex-col items-start gap-3 rounded-md border border-line bg-raised p-3">
                <p class="text-sm">{consequence}</p>
                <form method="post" action=action>
                    {hidden(values)}
                    {submit(do_it, Look::Danger)}
                </form>
            </div>
        </details>
    }
    .into_any()
}
