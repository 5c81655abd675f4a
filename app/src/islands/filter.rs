//! Filters the cards of the board by search text and category. The server filters by the same data.

use super::page_swap::elements;
use leptos::prelude::window;
use leptos::wasm_bindgen::{JsCast, JsValue};
use web_sys::{Element, HtmlInputElement, UrlSearchParams};

/// Shows only the cards that match the search text and the chosen category. Writes the text and the category into the address.
pub(super) fn filter(board: &Element) {
    let input = first(board, "input[type=search]").and_then(|input| input.dyn_into::<HtmlInputElement>().ok());
    let text = input.map(|input| input.value().trim_ascii().to_owned()).unwrap_or_default();
    let search = text.to_ascii_lowercase();
    let category = first(board, "[data-choose][aria-current]").and_then(|link| link.get_attribute("data-choose"));
    let category = category.filter(|category| !category.is_empty());
    let mut shown = 0_usize;
    for card in all(board, "[data-words]") {
        let is_found = card.get_attribute("data-words").is_some_and(|text| text.contains(&search));
        let is_shown = is_found && (category.is_none() || card.get_attribute("data-category") == category);
        set_hidden(&card, !is_shown);
        shown += usize::from(is_shown);
    }
    if let Some(line) = first(board, "[data-no-match]") {
        set_hidden(&line, shown > 0);
    }
    if let Some(line) = first(board, "[data-matches]") {
        line.set_text_content(matches(shown).as_deref());
    }
    write_to_address(&[("q", Some(text).filter(|text| !text.is_empty())), ("category", category)]);
}

fn matches(count: usize) -> Option<String> {
    match count {
        0 => None,
        1 => Some("1 integration matches".to_owned()),
        _ => Some(format!("{count} integrations match")),
    }
}

pub(super) fn choose(board: &Element, link: &Element) {
    for other in all(board, "[data-choose]") {
        drop(other.remove_attribute("aria-current"));
    }
    drop(link.set_attribute("aria-current", "true"));
    filter(board);
}

/// Sets or removes query parameters of the current address, without adding a history entry.
fn write_to_address(values: &[(&str, Option<String>)]) {
    let location = window().location();
    let Ok(query) = location.search().and_then(|search| UrlSearchParams::new_with_str(&search)) else { return };
    for (name, value) in values {
        match value {
            Some(value) => query.set(name, value),
            None => query.delete(name),
        }
    }
    let query = query.to_string().as_string().unwrap_or_default();
    let address = if query.is_empty() { location.pathname() } else { location.pathname().map(|path| format!("{path}?{query}")) };
    if let (Ok(address), Ok(history)) = (address, window().history()) {
        drop(history.replace_state_with_url(&JsValue::NULL, "", Some(&address)));
    }
}

fn set_hidden(element: &Element, is_hidden: bool) {
    drop(element.toggle_attribute_with_force("hidden", is_hidden));
}

fn first(board: &Element, selector: &str) -> Option<Element> {
    board.query_selector(selector).ok()?
}

fn all(board: &Element, selector: &str) -> Vec<Element> {
    board.query_selector_all(selector).map(|nodes| elements(&nodes)).unwrap_or_default()
}
