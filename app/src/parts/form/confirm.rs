use crate::parts::{Look, button_class, label_for, post_button};
use leptos::prelude::*;

/// A confirmation that works without scripts. The first button expands two things: the consequence of the action, and a second
/// button that performs the action.
pub struct Confirm<'a> {
    pub label: &'static str,
    /// Text that only screen readers read. It distinguishes confirmations that have the same label.
    pub of: &'a str,
    pub look: Look,
    pub consequence: String,
    pub action: &'static str,
    pub values: Vec<(&'static str, String)>,
    pub submit: &'static str,
}

impl Confirm<'_> {
    pub fn view(self) -> AnyView {
        any_view! {
            <details class="group">
                <summary class=format!("{} list-none", button_class(self.look))>{label_for(self.label, self.of)}</summary>
                <div class="mt-2 flex flex-col items-start gap-3 rounded-md border border-line bg-raised p-3">
                    <p class="text-sm">{self.consequence}</p>
                    {post_button(self.action, self.values, self.submit, Look::Danger)}
                </div>
            </details>
        }
    }
}
