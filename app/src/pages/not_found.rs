//! The fallback for unknown routes (404).

use crate::pages::prelude::*;

pub(crate) fn not_found() -> WebPage {
    set_status(404);
    let panel = panel(
        "Not found",
        "There is no page at this address. It may have moved, or the address is mistyped.",
        link_button("Go to Integrations", "/integrations", Look::Primary),
    );
    ready_page("Not found", centered_page(panel, ()))
}
