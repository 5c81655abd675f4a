//! What the address of a page says.

use crate::words::next_path::escape;
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

/// The address of the page without what it says about a form: where to come back to.
pub(super) fn here() -> String {
    let (path, query) = (path(), use_query_map().get_untracked());
    let kept = query.into_iter().filter(|(name, _)| !matches!(name.as_ref(), "done" | "problem" | "unsaved"));
    let pairs: Vec<String> = kept.map(|(name, value)| format!("{}={}", escape(&name), escape(&value))).collect();
    if pairs.is_empty() { path } else { format!("{path}?{}", pairs.join("&")) }
}

/// The path of the page.
pub(super) fn path() -> String {
    use_location().pathname.get_untracked()
}
