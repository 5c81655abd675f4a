//! Replaces the live parts of a page by those of a newer one.

use super::place::Place;
use leptos::{
    prelude::{document, window},
    wasm_bindgen::JsCast,
};
use wasm_bindgen_futures::JsFuture;
use web_sys::{Document, DomParser, Element, HtmlElement, NodeList, Response, SupportedType};

/// Fetches the page and replaces every element marked `data-live` by the one of the same id.
pub(super) async fn swap(address: &str) -> Option<()> {
    let response: Response = JsFuture::from(window().fetch_with_str(address)).await.ok()?.dyn_into().ok()?;
    if !response.ok() || response.redirected() {
        return None;
    }
    let text = JsFuture::from(response.text().ok()?).await.ok()?.as_string()?;
    let newer = DomParser::new().ok()?.parse_from_string(&text, SupportedType::TextHtml).ok()?;
    for part in elements(&document().query_selector_all("[data-live]").ok()?) {
        replace(&part, &newer);
    }
    Some(())
}

/// Replaces one part if it differs; what was unfolded stays unfolded, and what had the focus keeps it.
fn replace(part: &Element, newer: &Document) {
    let Some(replacement) = newer.get_element_by_id(&part.id()) else { return };
    if let Ok(unfolded) = part.query_selector_all("details[open][id]") {
        for details in elements(&unfolded) {
            if let Some(again) = newer.get_element_by_id(&details.id()) {
                drop(again.set_attribute("open", ""));
            }
        }
    }
    if as_sent(&replacement).zip(as_sent(part)).is_some_and(|(newer, shown)| newer.is_equal_node(Some(&shown))) {
        return;
    }
    let (place, height) = (Place::of_focus_in(part), part.get_bounding_client_rect().height());
    drop(part.replace_with_with_node_1(&replacement));
    keep_height(&replacement, height);
    if let Some(place) = place {
        place.focus();
    }
}

/// Leaves a part that has become shorter as high as it was: what stands below is being read, or about to be pressed.
fn keep_height(part: &Element, height: f64) {
    if let Some(shorter) = part.dyn_ref::<HtmlElement>().filter(|part| part.get_bounding_client_rect().height() < height) {
        drop(shorter.style().set_property("min-height", &format!("{height}px")));
    }
}

/// A copy without what this browser has written into it: its height, and times and numbers, whose values stand in attributes;
/// without how long ago the server said something was; and without the ids of forms, of which each page has others.
fn as_sent(part: &Element) -> Option<Element> {
    let copy: Element = part.clone_node_with_deep(true).ok()?.dyn_into().ok()?;
    drop(copy.remove_attribute("style"));
    for form_id in elements(&copy.query_selector_all("input[name=form_id]").ok()?) {
        drop(form_id.remove_attribute("value"));
    }
    for said in elements(&copy.query_selector_all("time, data").ok()?) {
        said.set_text_content(None);
        for attribute in ["title", "data-said"] {
            drop(said.remove_attribute(attribute));
        }
    }
    Some(copy)
}

pub(super) fn elements(nodes: &NodeList) -> Vec<Element> {
    (0..nodes.length()).filter_map(|index| nodes.get(index)?.dyn_into().ok()).collect()
}
