use super::filter::{choose, filter};
use super::polling::poll;
use crate::auto_refresh::Subject;
use crate::parts::{NO_BOX, freshness_line};
use leptos::ev::{Event, MouseEvent};
use leptos::prelude::*;
use leptos::wasm_bindgen::JsCast;
use web_sys::Element;

/// The integrations board. It polls for changes, and filters the cards while the user types. If WebAssembly is disabled, the
/// search form and the category links request a page that the server has filtered.
#[island]
pub fn IntegrationsBoard(
    subject: Subject,
    /// Fingerprint of the data in the rendered page.
    known: String,
    /// URL from which the island fetches the page again.
    address: String,
    children: Children,
) -> impl IntoView {
    let freshness = poll(subject, known, address.clone());
    let search = move |event: Event| {
        if let Some(board) = closest(&event, "[data-board]") {
            filter(&board);
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
        <div class=NO_BOX on:input=search on:click=click>
            {freshness_line(freshness.into(), &address)}
            {children()}
        </div>
    }
}

fn closest(event: &Event, selector: &str) -> Option<Element> {
    event.target()?.dyn_into::<Element>().ok()?.closest(selector).ok()?
}
