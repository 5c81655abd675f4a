//! Where the focus was in a part of the page, so that it can be there again in a newer one.

use super::page_swap::elements;
use leptos::{prelude::document, wasm_bindgen::JsCast};
use web_sys::{Element, FocusOptions, HtmlElement};

const FOCUSABLE: &str = "a[href], button, input, select, textarea, summary, [tabindex]";

/// An element by its id; one without, by the nearest id around it, and a link by where it leads, anything else by how many come
/// before it there.
pub(super) struct Place {
    id: String,
    within: Option<(usize, Option<String>)>,
}

impl Place {
    /// Where the focus is, when that is in this part.
    pub(super) fn of_focus_in(part: &Element) -> Option<Self> {
        let focused = document().active_element().filter(|element| part.contains(Some(element)))?;
        if !focused.id().is_empty() {
            return Some(Self { id: focused.id(), within: None });
        }
        let around = focused.closest("[id]").ok()??;
        let index = focusable_in(&around).iter().position(|element| element.is_same_node(Some(&focused)))?;
        Some(Self { id: around.id(), within: Some((index, focused.get_attribute("href"))) })
    }

    /// Puts the focus there. What is gone leaves it to what was around it.
    pub(super) fn focus(&self) {
        let Some(around) = document().get_element_by_id(&self.id) else { return };
        let element = self.within.as_ref().and_then(|(index, address)| inside(&around, *index, address.as_deref()));
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

fn inside(around: &Element, index: usize, address: Option<&str>) -> Option<Element> {
    let all = focusable_in(around);
    match address {
        Some(address) => all.into_iter().find(|element| element.get_attribute("href").as_deref() == Some(address)),
        None => all.into_iter().nth(index),
    }
}

fn focusable_in(around: &Element) -> Vec<Element> {
    around.query_selector_all(FOCUSABLE).map(|nodes| elements(&nodes)).unwrap_or_default()
}
