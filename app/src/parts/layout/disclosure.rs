//! Details that unfold.

use crate::parts::icon::{Icon, icon};
use leptos::prelude::*;

/// A line that unfolds what belongs to it. The live island keeps it open by its id.
pub fn disclosure(id: impl Into<String>, summary: impl IntoView + 'static, is_open: bool, content: AnyView) -> AnyView {
    let id: String = id.into();
    view! {
        <details id=id open=is_open class="group rounded-md border border-line bg-raised">
            <summary class="flex min-h-10 list-none items-center gap-2 rounded-md px-3 py-2 font-medium hover:bg-sunken">
                <span class="text-muted transition-transform group-open:rotate-90">{icon(Icon::Chevron)}</span>
                {summary}
            </summary>
            <div class="flex flex-col gap-3 px-3 pt-1 pb-3">{content}</div>
        </details>
    }
    .into_any()
}
