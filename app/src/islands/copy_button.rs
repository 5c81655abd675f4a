use crate::parts::{Look, button_class};
use leptos::prelude::*;
use leptos::task::spawn_local;
use std::time::Duration;
use wasm_bindgen_futures::JsFuture;

/// A button that copies the text of the element with the id `target`. The button is hidden until WebAssembly has loaded.
#[island]
pub fn CopyButton(target: String) -> impl IntoView {
    let (is_hydrated, is_copied) = (RwSignal::new(false), RwSignal::new(false));
    Effect::new(move |_| is_hydrated.set(true));
    let copy = move |_| {
        let Some(text) = document().get_element_by_id(&target).and_then(|element| element.text_content()) else { return };
        spawn_local(async move {
            let written = JsFuture::from(window().navigator().clipboard().write_text(&text)).await;
            is_copied.set(written.is_ok());
            set_timeout(move || is_copied.set(false), Duration::from_secs(2));
        });
    };
    view! {
        <button type="button" class=button_class(Look::Secondary) hidden=move || !is_hydrated.get() on:click=copy>
            <span aria-live="polite">{move || if is_copied.get() { "Copied" } else { "Copy" }}</span>
        </button>
    }
}
