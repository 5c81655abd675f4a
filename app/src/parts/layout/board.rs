use crate::parts::{INPUT, Look, link_button, submit, tag};
use leptos::prelude::*;
use lexicontract::domain::connection::catalogue::Integration;

/// The card of an integration. The board filters the cards by `data-words` and `data-category`. The board's island replaces the
/// element with the attribute `data-live` when the data changes.
pub fn integration_card(
    integration: &Integration,
    is_shown: bool,
    is_wide: bool,
    state: impl IntoView + 'static,
    content: impl IntoView + 'static,
) -> AnyView {
    let title_id = format!("integration-{}", integration.slug);
    let labelled_by = title_id.clone();
    any_view! {
        <article
            aria-labelledby=labelled_by
            data-words=searchable(integration)
            data-category=integration.category.into_str()
            hidden=!is_shown
            class=("md:col-span-full", is_wide)
            class="flex min-w-0 flex-col rounded-lg border border-line bg-raised p-4 shadow-card sm:p-5"
        >
            <div id=format!("card-{}", integration.slug) data-live="" class="flex min-w-0 flex-1 flex-col gap-4">
                <div class="flex items-start gap-3">
                    <img src=format!("/connectors/{}.svg", integration.slug) alt="" width="40" height="40" class="size-10 rounded-md" />
                    <div class="flex min-w-0 flex-1 flex-col items-start gap-1">
                        <h2 id=title_id class="text-lg leading-6 font-semibold">
                            {integration.name.clone()}
                        </h2>
                        <div class="flex flex-wrap items-center gap-2">{tag(integration.category.into_str())} {state}</div>
                    </div>
                </div>
                <p class="text-sm text-muted">{integration.description.clone()}</p>
                <div class="mt-auto flex flex-col gap-4">{content}</div>
            </div>
        </article>
    }
}

/// The text of an integration in which the board searches, in lower case.
pub fn searchable(integration: &Integration) -> String {
    format!("{} {} {}", integration.name, integration.description, integration.category.into_str()).to_ascii_lowercase()
}

pub struct ConnectionRow {
    pub states: AnyView,
    pub account: String,
    pub by: AnyView,
    pub facts: AnyView,
    pub issue: AnyView,
    pub actions: AnyView,
}

pub fn connection_row(row: ConnectionRow) -> AnyView {
    let ConnectionRow { states, account, by, facts, issue, actions } = row;
    any_view! {
        <div class="flex flex-col gap-3 rounded-md border border-line p-3">
            <div class="flex flex-wrap items-center gap-2">{states}</div>
            <div class="flex min-w-0 flex-col">
                <p class="font-medium wrap-anywhere">{account}</p>
                <p class="text-xs text-muted">{by}</p>
            </div>
            {facts}
            <div class="text-sm empty:hidden">{issue}</div>
            <div class="mt-auto flex flex-wrap items-center gap-1">{actions}</div>
        </div>
    }
}

elements! {
    connection_rows: div "grid grid-cols-[repeat(auto-fit,minmax(min(100%,26rem),1fr))] gap-4";
    card_grid: div "grid min-w-0 items-stretch gap-4 md:grid-cols-2 2xl:grid-cols-3";
}

pub fn details_link(address: String, of: &str) -> AnyView {
    let of = format!(" of {of}");
    link_button(view! { "Details" <span class="sr-only">{of}</span> }, address, Look::Quiet)
}

/// The toolbar and the cards. The board's island finds this element by the attribute `data-board`.
pub fn board(content: impl IntoView + 'static) -> AnyView {
    any_view! { <div data-board="" class="flex min-w-0 flex-col gap-6">{content}</div> }
}

/// The CSS class of an element that generates no box.
pub const NO_BOX: &str = "contents";

pub fn toolbar(search: impl IntoView + 'static, categories: impl IntoView + 'static) -> AnyView {
    any_view! {
        <div class="flex flex-col gap-3 sm:flex-row sm:items-end sm:justify-between">
            {search}
            <nav aria-label="Categories" class="flex flex-wrap gap-1 rounded-md border border-line bg-raised p-1">
                {categories}
            </nav>
        </div>
    }
}

pub fn board_search(search: String, category: Option<&'static str>) -> AnyView {
    any_view! {
        <form method="get" action="/integrations" role="search" class="flex min-w-0 items-end gap-2 sm:w-96">
            {category.map(|category| view! { <input type="hidden" name="category" value=category /> })}
            <div class="flex min-w-0 flex-1 flex-col gap-1">
                <label for="integration-search" class="text-sm font-medium">
                    "Search integrations"
                </label>
                <input id="integration-search" type="search" name="q" autocomplete="off" class=INPUT value=search />
            </div>
            {submit("Search", Look::Secondary)}
        </form>
    }
}

/// A link that filters the board by a category. `None` shows all integrations.
pub fn category_link(category: Option<&'static str>, address: String, is_chosen: bool) -> AnyView {
    any_view! {
        <a
            href=address
            data-choose=category.unwrap_or_default()
            aria-current=is_chosen.then_some("true")
            class="inline-flex min-h-10 items-center rounded-sm px-3 text-sm font-medium text-muted hover:bg-sunken aria-[current=true]:bg-accent-soft aria-[current=true]:text-accent"
        >
            {category.unwrap_or("All")}
        </a>
    }
}

/// The message “no integration matches”. The island also writes the number of matches here, for screen readers.
pub fn no_match(is_shown: bool) -> AnyView {
    any_view! {
        <div role="status">
            <p data-matches="" class="sr-only"></p>
            <p data-no-match="" hidden=!is_shown class="text-sm text-muted">
                "No integration matches. Choose All, or search for something else."
            </p>
        </div>
    }
}
