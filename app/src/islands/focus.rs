use super::page_swap::elements;
use leptos::prelude::document;
use leptos::wasm_bindgen::JsCast;
use web_sys::{Element, FocusOptions, HtmlElement};

const FOCUSABLE: &str = "a[href], button, input, select, textarea, summary, [tabindex]";

/// The position of the focused element, for restoring the focus after a part of the page has been replaced. If the focused
/// element has an id, `id` is this id. Otherwise, `id` is the id of the nearest ancestor with an id, and `within` contains two
/// values: the index of the focused element among the focusable descendants of this ancestor, and its `href`, if any.
pub(super) struct FocusPosition {
    id: String,
    within: Option<(usize, Option<String>)>,
}

impl FocusPosition {
    /// The position of the focused element; `None` if the element is outside `part`.
    pub(super) fn within(part: &Element) -> Option<Self> {
        let focused = document().active_element().filter(|element| part.contains(Some(element)))?;
        if !focused.id().is_empty() {
            return Some(Self { id: focused.id(), within: None });
        }
        let around = focused.closest("[id]").ok()??;
        let index = focusable_in(&around).iter().position(|element| element.is_same_node(Some(&focused)))?;
        Some(Self { id: around.id(), within: Some((index, focused.get_attribute("href"))) })
    }

    /// Focuses the element again. If the element no longer exists, focuses its ancestor.
    pub(super) fn restore(&self) {
        let Some(around) = document().get_element_by_id(&self.id) else { return };
        let element = self.within.as_ref().and_then(|(index, address)| find(&around, *index, address.as_deref()));
        let element = element.unwrap_or(around);
        if !element.matches(FOCUSABLE).unwrap_or(true) {
            drop(element.set_attribute("tabindex", "-1"));
        }
        if let Ok(element) = element.dyn_into::<HtmlElement>() {
            let options = FocusOptions::new();
            options.set_prevent_scroll(true);
            drop(element.focus_with_options(&options));
        }
    }
}

fn find(around: &Element, index: usize, address: Option<&str>) -> Option<Element> {
    let all = focusable_in(around);
    match address {
        Some(address) => all.into_iter().find(|element| element.get_attribute("href").as_deref() == Some(address)),
        None => all.into_iter().nth(index),
    }
}

fn focusable_in(around: &Element) -> Vec<Element> {
    around.query_selector_all(FOCUSABLE).map(|nodes| elements(&nodes)).unwrap_or_default()
}
