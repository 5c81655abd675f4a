//! What the address of a page says.

use crate::text::next_path::escape;
use axum::extract::Query;
use http::Uri;
use leptos::reactive::owner::with_context;

/// The address that a page was asked for at, taken apart.
#[derive(Clone, Debug, Default)]
pub(crate) struct Address {
    path: String,
    query: Vec<(String, String)>,
    parameters: Vec<(String, String)>,
}

impl Address {
    /// The parts of an address, and those of its path that have a name.
    pub(crate) fn new(uri: &Uri, parameters: Vec<(String, String)>) -> Self {
        // What cannot be read is as good as nothing.
        let query = Query::try_from_uri(uri).map(|Query(pairs)| pairs).unwrap_or_default();
        Self { path: uri.path().to_owned(), query, parameters }
    }

    fn here<T: Default>(read: impl FnOnce(&Self) -> T) -> T {
        with_context(read).unwrap_or_default()
    }
}

/// The last of the values with that name.
fn value(pairs: &[(String, String)], name: &str) -> Option<String> {
    pairs.iter().rfind(|(key, _)| key == name).map(|(_, value)| value.clone())
}

/// A value of the query; an empty one counts as absent.
pub(super) fn query(name: &str) -> Option<String> {
    Address::here(|address| value(&address.query, name)).filter(|value| !value.trim().is_empty())
}

/// A part of the path.
pub(super) fn parameter(name: &str) -> String {
    Address::here(|address| value(&address.parameters, name)).unwrap_or_default()
}

/// The address of the page without what it says about a form: where to come back to.
pub(super) fn here() -> String {
    Address::here(|Address { path, query, .. }| {
        let kept = query.iter().filter(|(name, _)| !matches!(name.as_str(), "done" | "problem" | "unsaved"));
        let pairs: Vec<String> = kept.map(|(name, value)| format!("{}={}", escape(name), escape(value))).collect();
        if pairs.is_empty() { path.clone() } else { format!("{path}?{}", pairs.join("&")) }
    })
}

/// The path of the page.
pub(super) fn path() -> String {
    Address::here(|address| address.path.clone())
}

#[cfg(test)]
mod tests {
    use super::*;
    use leptos::prelude::{Owner, provide_context};

    fn at<T>(uri: &str, read: impl FnOnce() -> T) -> T {
        Owner::new().with(|| {
            provide_context(Address::new(&uri.parse().unwrap(), vec![("id".to_owned(), "con_1".to_owned())]));
            read()
        })
    }

    #[test]
    fn values_are_read_as_they_were_meant() {
        let asked = "/contracts?q=a%26b+c&status=&sort=title&sort=created&done=saved";
        assert_eq!(at(asked, || query("q")).as_deref(), Some("a&b c"));
        assert_eq!(at(asked, || query("status")), None);
        assert_eq!(at(asked, || query("sort")).as_deref(), Some("created"));
        assert_eq!(at(asked, || (parameter("id"), parameter("other"))), ("con_1".to_owned(), String::new()));
        assert_eq!(at("/contracts?%FF=%FF&&=&q", path), "/contracts");
    }

    #[test]
    fn the_way_back_does_not_say_again_what_a_form_came_to() {
        assert_eq!(at("/contracts?q=a%26b&done=saved&problem=x", here), "/contracts?q=a%26b");
        assert_eq!(at("/contracts?done=saved", here), "/contracts");
    }
}
