//! Shows the cards of the board that match its search and its category. The server narrows by the same attributes.

use super::page_swap::elements;
use leptos::wasm_bindgen::JsCast;
use web_sys::{Element, HtmlInputElement};

/// Narrows the cards to the words and the category that are chosen now.
pub(super) fn narrow(board: &Element) {
    let words = first(board, "input[type=search]")
        .and_then(|input| input.dyn_into::<HtmlInputElement>().ok())
        .map(|input| input.value().trim_ascii().to_ascii_lowercase())
        .unwrap_or_default();
    let category = first(board, "[data-choose][aria-current]").and_then(|link| link.get_attribute("data-choose"));
    let category = category.filter(|category| !category.is_empty());
    let mut shown = 0_usize;
    for card in all(board, "[data-words]") {
        let is_found = card.get_attribute("data-words").is_some_and(|text| text.contains(&words));
        let is_shown = is_found && (category.is_none() || card.get_attribute("data-category") == category);
        set_hidden(&card, !is_shown);
        shown += usize::from(is_shown);
    }
    if let Some(line) = first(board, "[data-no-match]") {
        set_hidden(&line, shown > 0);
    }
}

/// Chooses the category of a link.
pub(super) fn choose(board: &Element, link: &Element) {
    for other in all(board, "[data-choose]") {
        drop(other.remove_attribute("aria-current"));
    }
    drop(link.set_attribute("aria-current", "true"));
    narrow(board);
}

fn set_hidden(element: &Element, is_hidden: bool) {
    drop(match is_hidden {
        true => element.set_attribute("hidden", ""),
        false => element.remove_attribute("hidden"),
    });
}

fn first(board: &Element, selector: &str) -> Option<Element> {
    board.query_selector(selector).ok()?
}

fn all(board: &Element, selector: &str) -> Vec<Element> {
    board.query_selector_all(selector).map(|nodes| elements(&nodes)).unwrap_or_default()
}
