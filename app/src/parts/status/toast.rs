//! What was just done, said in the corner: it covers nothing that is needed, takes no focus, and stays until it is put away.

use super::tone::Tone;
use crate::parts::icon::{Icon, icon};
use leptos::prelude::*;

/// A message that something worked. `away` is the page without it.
pub fn toast(text: impl Into<String>, away: String) -> AnyView {
    let text: String = text.into();
    view! {
        <div
            data-toast=""
            data-screen-only=""
            class="fixed inset-x-4 bottom-4 z-20 flex items-start gap-3 rounded-lg border border-line bg-raised p-3 shadow-dialog sm:left-auto sm:right-6 sm:bottom-6 sm:w-96"
        >
            <span class=format!("inline-flex size-8 shrink-0 items-center justify-center rounded-full {}", Tone::Ok.colours())>
                {icon(Icon::Check)}
            </span>
            <div role="status" class="min-w-0 flex-1 self-center text-sm">
                <p>{text}</p>
            </div>
            <a
                href=away
                data-dismiss=""
                class="-m-1 inline-flex size-10 shrink-0 items-center justify-center rounded-md text-muted hover:bg-sunken hover:text-ink"
            >
                {icon(Icon::Cross)}
                <span class="sr-only">"Dismiss the message"</span>
            </a>
        </div>
    }
    .into_any()
}
