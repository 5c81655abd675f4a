//! The cards of the integrations board.

use crate::parts::{
    form::{
        button::{Look, button_class},
        field::input_class,
    },
    status::pill::tag,
};
use leptos::prelude::*;
use lexicontract::domain::connection::catalogue::Integration;

/// The card of one integration. `data-words` and `data-category` are what the board narrows by; the live part is what it renews.
pub fn integration_card(integration: &Integration, is_shown: bool, is_wide: bool, state: AnyView, content: AnyView) -> AnyView {
    let title_id = format!("integration-{}", integration.slug);
    let labelled_by = title_id.clone();
    view! {
        <article
            aria-labelledby=labelled_by
            data-words=searchable(integration)
            data-category=integration.category.as_str()
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
                        <div class="flex flex-wrap items-center gap-2">{tag(integration.category.as_str())} {state}</div>
                    </div>
                </div>
                <p class="text-sm text-muted">{integration.description.clone()}</p>
                <div class="mt-auto flex flex-col gap-4">{content}</div>
            </div>
        </article>
    }
    .into_any()
}

/// The words of an integration that a search finds, in lower case.
pub fn searchable(integration: &Integration) -> String {
    format!("{} {} {}", integration.name, integration.description, integration.category.as_str()).to_ascii_lowercase()
}

/// One connection on its card: how it stands, whose it is, what came and went, and what can be done.
pub fn connection_row(
    states: AnyView,
    account: String,
    by: AnyView,
    traffic: AnyView,
    fault: AnyView,
    actions: AnyView,
) -> AnyView {
    view! {
        <div class="flex flex-col gap-3 rounded-md border border-line p-3">
            <div class="flex flex-wrap items-center gap-2">{states}</div>
            <div class="flex min-w-0 flex-col">
                <p class="font-medium wrap-anywhere">{account}</p>
                <p class="text-xs text-muted">{by}</p>
            </div>
            {traffic}
            <div class="text-sm empty:hidden">{fault}</div>
            <div class="mt-auto flex flex-wrap items-center gap-1">{actions}</div>
        </div>
    }
    .into_any()
}

/// The connections of a card, side by side where there is room.
pub fn connection_rows(rows: Vec<AnyView>) -> AnyView {
    view! { <div class="grid grid-cols-[repeat(auto-fit,minmax(min(100%,26rem),1fr))] gap-4">{rows}</div> }.into_any()
}

/// A few facts in one line, each below its name.
pub fn traffic(facts: Vec<(&'static str, AnyView)>) -> AnyView {
    let facts = facts
        .into_iter()
        .map(|(name, value)| {
            view! {
                <div class="flex flex-col">
                    <dt class="text-muted">{name}</dt>
                    <dd>{value}</dd>
                </div>
            }
        })
        .collect_view();
    view! { <dl class="flex flex-wrap gap-x-6 gap-y-1 text-xs">{facts}</dl> }.into_any()
}

/// The way to a connection's own page.
pub fn details(address: String, of: &str) -> AnyView {
    view! {
        <a href=address class=button_class(Look::Quiet)>
            "Details"
            <span class="sr-only">{format!(" of {of}")}</span>
        </a>
    }
    .into_any()
}

/// The cards, given as markup, side by side.
pub fn grid(cards: String) -> AnyView {
    view! { <div class="grid min-w-0 items-stretch gap-4 md:grid-cols-2 2xl:grid-cols-3" inner_html=cards></div> }.into_any()
}

/// Everything below the page's heading; the island that brings it to life finds it by `data-board`.
pub fn board(content: impl IntoView + 'static) -> AnyView {
    view! { <div data-board="" class="flex min-w-0 flex-col gap-6">{content}</div> }.into_any()
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

/// The search among the cards. With the island, every letter narrows them; without, the button does.
pub fn board_search(words: String, category: Option<&'static str>) -> AnyView {
    view! {
        <form method="get" action="/integrations" role="search" class="flex min-w-0 items-end gap-2 sm:w-96">
            {category.map(|category| view! { <input type="hidden" name="category" value=category /> })}
            <div class="flex min-w-0 flex-1 flex-col gap-1">
                <label for="integration-search" class="text-sm font-medium">
                    "Search integrations"
                </label>
                <input id="integration-search" type="search" name="q" autocomplete="off" class=input_class() value=words />
            </div>
            <button type="submit" class=button_class(Look::Secondary)>
                "Search"
            </button>
        </form>
    }
    .into_any()
}

/// A category to choose; `None` is all of them.
pub fn category_link(category: Option<&'static str>, address: String, is_chosen: bool) -> AnyView {
    view! {
        <a
            href=address
            data-choose=category.unwrap_or_default()
            aria-current=is_chosen.then_some("true")
            class="inline-flex min-h-10 items-center rounded-sm px-3 text-sm font-medium text-muted hover:bg-sunken aria-[current=true]:bg-accent-soft aria-[current=true]:text-accent"
        >
            {category.unwrap_or("All")}
        </a>
    }
    .into_any()
}

/// What stands instead of the cards when none matches; the island says there how many do.
pub fn no_match(is_shown: bool) -> AnyView {
    view! {
        <div role="status">
            <p data-matches="" class="sr-only"></p>
            <p data-no-match="" hidden=!is_shown class="text-sm text-muted">
                "No integration matches. Choose All, or search for something else."
            </p>
        </div>
    }
    .into_any()
}

/// A line of small print.
pub fn note(words: AnyView) -> AnyView {
    view! { <div class="text-sm text-muted">{words}</div> }.into_any()
}
