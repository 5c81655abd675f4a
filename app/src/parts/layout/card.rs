//! A box with a heading.

use leptos::prelude::*;

/// A section of a page.
pub fn card(id: &'static str, title: impl Into<String>, beside: AnyView, content: AnyView) -> AnyView {
    let title: String = title.into();
    view! {
        <section id=id aria-labelledby=format!("{id}-title") class="scroll-mt-4 rounded-lg border border-line bg-raised shadow-card">
            <div class="flex flex-wrap items-center justify-between gap-2 px-4 pt-4 sm:px-6 sm:pt-5">
                <h2 id=format!("{id}-title") class="text-lg font-semibold">
                    {title}
                </h2>
                {beside}
            </div>
            <div class="flex flex-col gap-4 p-4 sm:px-6 sm:pt-3 sm:pb-6">{content}</div>
        </section>
    }
    .into_any()
}

/// A few words that the live island replaces, in the line they stand in.
pub fn live_words(id: &'static str, content: AnyView) -> AnyView {
    view! {
        <span id=id data-live="" class="inline-flex flex-wrap items-center gap-2 empty:hidden">
            {content}
        </span>
    }
    .into_any()
}

/// A part of a page that the live island replaces by a newer one when what it shows has changed. It holds no inputs.
pub fn live(id: &'static str, content: AnyView) -> AnyView {
    view! {
        <div id=id data-live="" class="flex min-w-0 flex-col gap-4 empty:hidden">
            {content}
        </div>
    }
    .into_any()
}
