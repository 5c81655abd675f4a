//! What a list says when nothing is in it: why, and the next step.

use crate::parts::icon::{Icon, icon};
use leptos::prelude::*;

/// An empty list.
pub fn empty(picture: Icon, title: &'static str, text: impl Into<String>, next: AnyView) -> AnyView {
    let text: String = text.into();
    view! {
        <div class="flex flex-col items-center gap-2 px-4 py-10 text-center">
            <span class="mb-1 inline-flex size-10 items-center justify-center rounded-full bg-sunken text-muted">{icon(picture)}</span>
            <p class="font-semibold">{title}</p>
            <p class="max-w-prose text-sm text-muted">{text}</p>
            <div class="mt-2 flex flex-wrap justify-center gap-2 empty:hidden">{next}</div>
        </div>
    }
    .into_any()
}
