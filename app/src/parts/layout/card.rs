use crate::parts::{Icon, icon};
use leptos::prelude::*;

/// A section with a heading. `beside` is shown at the end of the heading line.
pub fn card(
    id: &'static str,
    title: impl Into<String>,
    beside: impl IntoView + 'static,
    content: impl IntoView + 'static,
) -> AnyView {
    let title: String = title.into();
    any_view! {
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
}

/// Like [`live`], for inline content.
pub fn live_inline(id: &'static str, content: impl IntoView + 'static) -> AnyView {
    any_view! {
        <span id=id data-live="" class="inline-flex flex-wrap items-center gap-2 empty:hidden">
            {content}
        </span>
    }
}

/// Content that an island replaces when the data changes. It must not contain inputs, because entered values would be lost.
pub fn live(id: &'static str, content: impl IntoView + 'static) -> AnyView {
    any_view! {
        <div id=id data-live="" class="flex min-w-0 flex-col gap-4 empty:hidden">
            {content}
        </div>
    }
}

/// A summary that expands its content. Islands use `id` to keep the content open when they replace a part of the page.
pub fn disclosure(
    id: impl Into<String>,
    summary: impl IntoView + 'static,
    is_open: bool,
    content: impl IntoView + 'static,
) -> AnyView {
    let id: String = id.into();
    any_view! {
        <details id=id open=is_open class="group rounded-md border border-line bg-raised">
            <summary class="flex min-h-10 list-none items-center gap-2 rounded-md px-3 py-2 font-medium hover:bg-sunken">
                <span class="text-muted transition-transform group-open:rotate-90">{icon(Icon::CHEVRON)}</span>
                {summary}
            </summary>
            <div class="flex flex-col gap-3 px-3 pt-1 pb-3">{content}</div>
        </details>
    }
}

pub fn empty(image: Icon, title: &'static str, text: impl Into<String>, next: impl IntoView + 'static) -> AnyView {
    let text: String = text.into();
    any_view! {
        <div class="flex flex-col items-center gap-2 px-4 py-10 text-center">
            <span class="mb-1 inline-flex size-10 items-center justify-center rounded-full bg-sunken text-muted">{icon(image)}</span>
            <p class="font-semibold">{title}</p>
            <p class="max-w-prose text-sm text-muted">{text}</p>
            <div class="mt-2 flex flex-wrap justify-center gap-2 empty:hidden">{next}</div>
        </div>
    }
}
