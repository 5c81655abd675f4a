//! The integrations board come alive: its cards stay current, and narrow with every letter of a search. Without WebAssembly it is
//! the page as the server rendered it, whose form and links do the same.

use super::{
    keep_current::keep_current,
    narrow::{choose, narrow},
};
use crate::{auto_refresh::Subject, parts::status::freshness::freshness_line};
use leptos::{
    ev::{Event, MouseEvent},
    prelude::*,
    wasm_bindgen::JsCast,
};
use web_sys::Element;

/// The board; its children are the toolbar and the cards.
#[island]
pub fn IntegrationsBoard(
    /// What the page shows.
    subject: Subject,
    /// Its state when the page was rendered.
    known: String,
    /// Where the newer page is to be had.
    address: String,
    /// The toolbar and the cards.
    children: Children,
) -> impl IntoView {
    let freshness = keep_current(subject, known, address.clone());
    let search = move |event: Event| {
        if let Some(board) = closest(&event, "[data-board]") {
            narrow(&board);
        }
    };
    let click = move |event: MouseEvent| {
        let is_plain = !event.ctrl_key() && !event.meta_key() && !event.shift_key();
        let (board, link) = (closest(&event, "[data-board]"), closest(&event, "[data-choose]"));
        if let (true, Some(board), Some(link)) = (is_plain, board, link) {
            event.prevent_default();
            choose(&board, &link);
        }
    };
    view! {
        <div class="contents" on:input=search on:click=click>
            {freshness_line(freshness.into(), &address)}
            {children()}
        </div>
    }
}

fn closest(event: &Event, selector: &str) -> Option<Element> {
    event.target()?.dyn_into::<Element>().ok()?.closest(selector).ok()?
}
