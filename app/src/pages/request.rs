//! What the address of a page says.

use leptos::prelude::*;
use leptos_router::hooks::{use_location, use_params_map, use_query_map};

/// A value of the query; an empty one counts as absent.
pub(super) fn query(name: &str) -> Option<String> {
    use_query_map().get_untracked().get(name).filter(|value| !value.trim().is_empty())
}

/// A part of the path.
pub(super) fn parameter(name: &str) -> String {
    use_params_map().get_untracked().get(name).unwrap_or_default()
}

/// The path of the page.
pub(super) fn path() -> String {
    use_location().pathname.get_untracked()
}
