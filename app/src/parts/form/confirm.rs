//! A second thought before something ends, without a script.

use super::button::{Look, button_class, hidden, submit, words_of};
use leptos::prelude::*;

/// A button that unfolds what will happen, and the button that does it. `of` says which one of several with the same words it is.
pub fn confirm(
    (words, of): (&'static str, &str),
    look: Look,
    consequence: impl Into<String>,
    action: &'static str,
    values: Vec<(&'static str, String)>,
    do_it: &'static str,
) -> AnyView {
    let consequence: String = consequence.into();
    view! {
        <details class="group">
            <summary class=format!("{} list-none", button_class(look))>{words_of(words, of)}</summary>
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
