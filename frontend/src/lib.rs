//! The WebAssembly entry point, which hydrates the islands from the crate `app`. The rest of each page is plain HTML.

extern crate app as _;

/// The loader script in every page calls this function.
#[wasm_bindgen::prelude::wasm_bindgen]
pub fn hydrate() {
    leptos::mount::hydrate_islands();
}
