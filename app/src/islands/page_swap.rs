//! Replaces the live parts of a page by those of a newer one.

use crate::words::moment::relative;
use leptos::{
    prelude::{document, window},
    wasm_bindgen::JsCast,
};
use lexicontract::domain::time::Timestamp;
use wasm_bindgen_futures::JsFuture;
use web_sys::{Document, DomParser, Element, NodeList, Response, SupportedType};

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

/// Replaces one part; what was unfolded stays unfolded, and what had the focus keeps it.
fn replace(part: &Element, newer: &Document) {
    let Some(replacement) = newer.get_element_by_id(&part.id()) else { return };
    if let Ok(unfolded) = part.query_selector_all("details[open][id]") {
        for details in elements(&unfolded) {
            if let Some(again) = newer.get_element_by_id(&details.id()) {
                drop(again.set_attribute("open", ""));
            }
        }
    }
    if replacement.is_equal_node(Some(part)) {
        return;
    }
    let focused = document().active_element().filter(|element| part.contains(Some(element))).map(|element| element.id());
    drop(part.replace_with_with_node_1(&replacement));
    let again = focused.filter(|id| !id.is_empty()).and_then(|id| document().get_element_by_id(&id));
    if let Some(element) = again.and_then(|element| element.dyn_into::<web_sys::HtmlElement>().ok()) {
        drop(element.focus());
    }
}

/// Brings the words of every relative time up to date.
pub(super) fn refresh_times() {
    let now = Timestamp::from_millis(js_sys::Date::now() as i64);
    let Ok(times) = document().query_selector_all("time[data-relative]") else { return };
    for time in elements(&times) {
        if let Some(at) = time.get_attribute("datetime").and_then(|text| Timestamp::parse(&text)) {
            let words = relative(now, at);
            if time.text_content().as_deref() != Some(&words) {
                time.set_text_content(Some(&words));
            }
        }
    }
}

pub(super) fn elements(nodes: &NodeList) -> Vec<Element> {
    (0..nodes.length()).filter_map(|index| nodes.get(index)?.dyn_into().ok()).collect()
}
