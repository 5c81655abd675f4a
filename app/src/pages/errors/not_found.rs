//! The page where there is none.

use crate::{
    pages::page::{WebPage, ready_page, set_status},
    parts::{
        form::button::{Look, link},
        layout::frame::{alone, panel},
    },
};
use leptos::prelude::*;

/// Says so, and leads on.
pub(crate) fn not_found() -> WebPage {
    set_status(404);
    let panel = panel(
        "Not found",
        "There is no page at this address. It may have been moved, or the address has a typing error.",
        link("Go to Integrations", "/integrations", Look::Primary),
    );
    ready_page("Not found", alone(panel, ().into_any()))
}
