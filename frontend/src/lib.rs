//! The browser's side: brings the islands of `app` to life. Everything else of a page is plain HTML.

extern crate app as _;

/// Called by the loader that the document of `app` writes into every page.
#[wasm_bindgen::prelude::wasm_bindgen]
pub fn hydrate() {
    leptos::mount::hydrate_islands();
}
