//! A confirmation that works without scripts.

use crate::parts::{Look, button_class, hidden, label_for, submit};
use leptos::prelude::*;

/// A button that expands two elements: the consequence of an action, and a second button that performs the action.
pub struct Confirm<'a> {
    pub label: &'static str,
    /// Visually hidden text that distinguishes several confirmations with the same label.
    pub of: &'a str,
    pub look: Look,
    pub consequence: String,
    pub action: &'static str,
    pub values: Vec<(&'static str, String)>,
    pub submit: &'static str,
}

impl Confirm<'_> {
    pub fn view(self) -> AnyView {
        view! {
            <details class="group">
                <summary class=format!("{} list-none", button_class(self.look))>{label_for(self.label, self.of)}</summary>
                <div class="mt-2 flex flex-col items-start gap-3 rounded-md border border-line bg-raised p-3">
                    <p class="text-sm">{self.consequence}</p>
                    <form method="post" action=self.action>
                        {hidden(self.values)}
                        {submit(self.submit, Look::Danger)}
                    </form>
                </div>
            </details>
        }
        .into_any()
    }
}
