//! The cards of the integrations board.

use super::{
    button::{Look, button_class},
    pill::tag,
};
use leptos::prelude::*;
use lexicontract::domain::catalogue::Integration;

/// The card of one integration: what it is, how it stands, and what can be done.
pub fn integration_card(integration: &Integration, state: AnyView, content: AnyView) -> AnyView {
    let title_id = format!("integration-{}", integration.slug);
    let labelled_by = title_id.clone();
    view! {
        <article
            aria-labelledby=labelled_by
            class="flex min-w-0 flex-col gap-4 rounded-lg border border-line bg-raised p-4 shadow-card sm:p-5"
        >
            <div class="flex items-start gap-3">
                <img src=format!("/connectors/{}.svg", integration.slug) alt="" width="40" height="40" class="size-10 rounded-md" />
                <div class="flex min-w-0 flex-1 flex-col items-start gap-1">
                    <h2 id=title_id class="text-lg leading-6 font-semibold">
                        {integration.name.clone()}
                    </h2>
                    <div class="flex flex-wrap items-center gap-2">{tag(integration.category.as_str())} {state}</div>
                </div>
            </div>
            <p class="text-sm text-muted">{integration.description.clone()}</p>
            <div class="mt-auto flex flex-col gap-4">{content}</div>
        </article>
    }
    .into_any()
}

/// One connection on its card.
pub fn connection_row(address: String, environment: Option<&'static str>, words: AnyView, actions: AnyView) -> AnyView {
    view! {
        <div class="flex flex-col gap-2 rounded-md border border-line p-3">
            {words}
            <div class="-mx-1 flex flex-wrap items-center gap-1">
                {actions}
                <a href=address class=button_class(Look::Quiet)>
                    "Details"
                    <span class="sr-only">{environment.map(|environment| format!(" of the {environment} connection"))}</span>
                </a>
            </div>
        </div>
    }
    .into_any()
}

/// How a connection stands, in lines.
pub fn connection_words(account: AnyView, state: AnyView, activity: AnyView, fault: AnyView) -> AnyView {
    view! {
        <div class="flex flex-col gap-1">
            <div class="min-w-0 font-medium wrap-anywhere">{account}</div>
            <div class="flex flex-wrap items-center gap-x-2 gap-y-1 text-xs text-muted">{state} {activity}</div>
            <div class="text-sm text-danger empty:hidden">{fault}</div>
        </div>
    }
    .into_any()
}

/// The cards side by side.
pub fn grid(cards: impl IntoView + 'static) -> AnyView {
    view! { <div class="grid min-w-0 items-stretch gap-4 md:grid-cols-2 2xl:grid-cols-3">{cards}</div> }.into_any()
}

/// The bar above the cards: search on one side, categories on the other.
pub fn toolbar(search: AnyView, categories: AnyView) -> AnyView {
    view! {
        <div class="flex flex-col gap-3 sm:flex-row sm:items-end sm:justify-between">
            {search}
            <nav aria-label="Categories" class="flex flex-wrap gap-1 rounded-md border border-line bg-raised p-1">
                {categories}
            </nav>
        </div>
    }
    .into_any()
}

/// The classes of one category; `aria-current` marks the chosen one.
pub const CATEGORY: &str = "inline-flex min-h-10 items-center rounded-sm px-3 text-sm font-medium text-muted hover:bg-sunken \
                            aria-[current=true]:bg-accent-soft aria-[current=true]:text-accent";

/// The classes of a dialog.
pub const DIALOG: &str = "m-auto w-full max-w-lg rounded-lg border border-line bg-raised p-6 text-ink shadow-dialog";

/// The heading of a dialog, and below it its content.
pub fn dialog_body(title: AnyView, content: AnyView, buttons: AnyView) -> AnyView {
    view! {
        <div class="flex flex-col gap-4">
            <h2 id="disconnect-title" class="text-xl font-semibold">
                {title}
            </h2>
            <div id="disconnect-text">{content}</div>
            <div class="flex flex-wrap justify-end gap-2">{buttons}</div>
        </div>
    }
    .into_any()
}

/// A line of small print.
pub fn note(words: AnyView) -> AnyView {
    view! { <div class="text-sm text-muted">{words}</div> }.into_any()
}

/// A line that says the page is not up to date.
pub fn lost_line(is_lost: Signal<bool>) -> AnyView {
    view! {
        <p aria-live="polite" class="text-sm text-warn empty:hidden">
            {move || is_lost.get().then_some("The server does not answer. This page tries again by itself.")}
        </p>
    }
    .into_any()
}
