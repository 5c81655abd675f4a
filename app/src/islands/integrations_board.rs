//! The integrations board: every card with its live state. Without WebAssembly it is the page as the server rendered it.

use super::{board_card::card, disconnect_dialog::dialog};
use crate::{
    live,
    parts::{
        board::{CATEGORY, grid, lost_line, note, toolbar},
        button::{Look, button_class},
        field::input_class,
    },
};
use leptos::{ev::MouseEvent, prelude::*, task::spawn_local};
use lexicontract::domain::{
    catalogue::{Category, Integration},
    connection::Connection,
    ids::ConnectionId,
    time::Timestamp,
};
use std::time::Duration;

const EVERY: Duration = Duration::from_secs(2);

/// What the cards share.
#[derive(Clone, Copy)]
pub(super) struct Board {
    /// The organization's connections.
    pub connections: RwSignal<Vec<Connection>>,
    /// The time that relative times refer to.
    pub now: RwSignal<Timestamp>,
    /// The connection whose end is asked for: its id and its integration's name.
    pub ending: RwSignal<Option<(ConnectionId, String)>>,
    /// Whether the person may connect and disconnect.
    pub is_admin: bool,
}

/// Every integration with its connections, kept up to date.
#[island]
pub fn IntegrationsBoard(
    /// What can be connected.
    catalogue: Vec<Integration>,
    /// What is connected.
    connections: Vec<Connection>,
    /// Whether the person may connect and disconnect.
    is_admin: bool,
    /// The server's time.
    now: Timestamp,
    /// The category to begin with.
    category: Option<Category>,
    /// The search words to begin with.
    search: String,
) -> impl IntoView {
    let board = Board { connections: RwSignal::new(connections), now: RwSignal::new(now), ending: RwSignal::new(None), is_admin };
    let (category, search) = (RwSignal::new(category), RwSignal::new(search));
    let is_lost = RwSignal::new(false);
    keep_current(board, is_lost);
    let shown = Memo::new(move |_| {
        let words = search.get();
        catalogue.iter().filter(|integration| is_shown(integration, category.get(), &words)).cloned().collect::<Vec<_>>()
    });
    let cards = view! { <For each=move || shown.get() key=|integration| integration.slug.clone() children=move |integration| card(&integration, board) /> };
    view! {
        {toolbar(search_form(search), categories(category))}
        {lost_line(is_lost.into())}
        {grid(cards)}
        <p aria-live="polite">{move || shown.with(Vec::is_empty).then(|| note("No integration matches. Choose All, or search for something else.".into_any()))}</p>
        {dialog(board)}
    }
}

fn is_shown(integration: &Integration, category: Option<Category>, words: &str) -> bool {
    let text = format!("{} {}", integration.name, integration.description).to_ascii_lowercase();
    category.is_none_or(|category| integration.category == category)
        && text.contains(words.trim_ascii().to_ascii_lowercase().as_str())
}

fn search_form(search: RwSignal<String>) -> AnyView {
    view! {
        <form method="get" action="/integrations" role="search" on:submit=|event| event.prevent_default() class="flex min-w-0 items-end gap-2 sm:w-80">
            <div class="flex min-w-0 flex-1 flex-col gap-1">
                <label for="integration-search" class="text-sm font-medium">"Search integrations"</label>
                <input
                    id="integration-search"
                    type="search"
                    name="q"
                    autocomplete="off"
                    class=input_class()
                    value=search.get_untracked()
                    on:input=move |event| search.set(event_target_value(&event))
                />
            </div>
            <button type="submit" class=button_class(Look::Secondary)>"Search"</button>
        </form>
    }
    .into_any()
}

fn categories(chosen: RwSignal<Option<Category>>) -> AnyView {
    let every = std::iter::once(None).chain(Category::ALL.map(Some));
    every.map(|category| category_link(category, chosen)).collect_view().into_any()
}

fn category_link(category: Option<Category>, chosen: RwSignal<Option<Category>>) -> AnyView {
    let words = category.map_or("All", Category::as_str);
    let address = category.map_or("/integrations".to_owned(), |category| format!("/integrations?category={}", category.as_str()));
    let choose = move |event: MouseEvent| {
        if !event.ctrl_key() && !event.meta_key() && !event.shift_key() {
            event.prevent_default();
            chosen.set(category);
        }
    };
    view! {
        <a href=address class=CATEGORY aria-current=move || (chosen.get() == category).then_some("true") on:click=choose>
            {words}
        </a>
    }
    .into_any()
}

/// Asks the server every two seconds while the page is looked at.
fn keep_current(board: Board, is_lost: RwSignal<bool>) {
    let is_asking = StoredValue::new(false);
    let ask = move || {
        if document().hidden() || is_asking.get_value() {
            return;
        }
        is_asking.set_value(true);
        spawn_local(async move {
            let answer = live::connections().await;
            is_lost.set(answer.is_err());
            if let Ok(newer) = answer
                && board.connections.with_untracked(|shown| *shown != newer)
            {
                board.connections.set(newer);
            }
            board.now.set(Timestamp::from_millis(js_sys::Date::now() as i64));
            is_asking.set_value(false);
        });
    };
    Effect::new(move |_| set_interval(ask, EVERY));
}
