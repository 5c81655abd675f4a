use super::focus::FocusPosition;
use leptos::prelude::{document, window};
use leptos::wasm_bindgen::JsCast;
use wasm_bindgen_futures::JsFuture;
use web_sys::{Document, DomParser, Element, HtmlElement, NodeList, Response, SupportedType};

/// Fetches the page at `address` and replaces each element marked `data-live` with the fetched element of the same id.
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

/// Replaces `part` by its version in `newer` if the two versions differ. Keeps open `details` elements open, and restores the
/// focus.
fn replace(part: &Element, newer: &Document) {
    let Some(replacement) = newer.get_element_by_id(&part.id()) else { return };
    if let Ok(open) = part.query_selector_all("details[open][id]") {
        for details in elements(&open) {
            if let Some(again) = newer.get_element_by_id(&details.id()) {
                drop(again.set_attribute("open", ""));
            }
        }
    }
    if normalized(&replacement).zip(normalized(part)).is_some_and(|(newer, shown)| newer.is_equal_node(Some(&shown))) {
        return;
    }
    let (focus, height) = (FocusPosition::within(part), part.get_bounding_client_rect().height());
    drop(part.replace_with_with_node_1(&replacement));
    keep_height(&replacement, height);
    if let Some(focus) = focus {
        focus.restore();
    }
}

/// Keeps the previous height of a part that became shorter, so that the content below does not move.
fn keep_height(part: &Element, height: f64) {
    if let Some(shorter) = part.dyn_ref::<HtmlElement>().filter(|part| part.get_bounding_client_rect().height() < height) {
        drop(shorter.style().set_property("min-height", &format!("{height}px")));
    }
}

/// Returns a copy of the part for comparing two versions. Removes values that can differ while the data is unchanged: the kept
/// height, the texts of times and numbers, and the unique form ids.
fn normalized(part: &Element) -> Option<Element> {
    let copy: Element = part.clone_node_with_deep(true).ok()?.dyn_into().ok()?;
    drop(copy.remove_attribute("style"));
    for form_id in elements(&copy.query_selector_all("input[name=form_id]").ok()?) {
        drop(form_id.remove_attribute("value"));
    }
    for element in elements(&copy.query_selector_all("time, data").ok()?) {
        element.set_text_content(None);
        for attribute in ["title", "data-said"] {
            drop(element.remove_attribute(attribute));
        }
    }
    Some(copy)
}

pub(super) fn elements(nodes: &NodeList) -> Vec<Element> {
    (0..nodes.length()).filter_map(|index| nodes.get(index)?.dyn_into().ok()).collect()
}
