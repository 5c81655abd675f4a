//! The page where there is none.

use super::page::set_status;
use crate::parts::{
    button::{Look, link},
    frame::{alone, panel},
};
use leptos::prelude::*;
use leptos_meta::Title;

/// Says so, and leads on.
#[component]
pub(super) fn NotFound() -> impl IntoView {
    set_status(404);
    view! {
        <Title text="Not found · LexiContract" />
        {alone(
            panel(
                "Not found",
                "There is no page at this address. It may have been moved, or the address has a typing error.",
                link("Go to Integrations", "/integrations", Look::Primary),
            ),
            ().into_any(),
        )}
    }
}
