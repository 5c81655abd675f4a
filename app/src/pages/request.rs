use crate::text::url::with_query;
use axum::extract::Query;
use http::Uri;
use leptos::reactive::owner::with_context;

#[derive(Clone, Debug, Default)]
pub(crate) struct Address {
    path: String,
    query: Vec<(String, String)>,
    parameters: Vec<(String, String)>,
}

impl Address {
    pub(crate) fn new(uri: &Uri, parameters: Vec<(String, String)>) -> Self {
        // A query that cannot be parsed counts as empty.
        let query = Query::try_from_uri(uri).map(|Query(pairs)| pairs).unwrap_or_default();
        Self { path: uri.path().to_owned(), query, parameters }
    }

    fn here<T: Default>(read: impl FnOnce(&Self) -> T) -> T {
        with_context(read).unwrap_or_default()
    }
}

/// The value of the last pair with the given name.
fn value(pairs: &[(String, String)], name: &str) -> Option<String> {
    pairs.iter().rfind(|(key, _)| key == name).map(|(_, value)| value.clone())
}

/// The value of a query parameter; `None` if the parameter is absent or blank.
pub(crate) fn query(name: &str) -> Option<String> {
    Address::here(|address| value(&address.query, name)).filter(|value| !value.trim().is_empty())
}

pub(super) fn parameter(name: &str) -> String {
    Address::here(|address| value(&address.parameters, name)).unwrap_or_default()
}

/// The requested address without the parameters that report the outcome of a form. A form redirects to this address after
/// submission.
pub(super) fn here() -> String {
    Address::here(|Address { path, query, .. }| {
        let kept = query.iter().filter(|(name, _)| !matches!(name.as_str(), "done" | "problem" | "unsaved"));
        with_query(path, kept.map(|(name, value)| (name.as_str(), Some(value.as_str()))))
    })
}

pub(crate) fn path() -> String {
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
    fn query_values_are_decoded_and_empty_ones_ignored() {
        let address = "/contracts?q=a%26b+c&status=&sort=title&sort=created&done=saved";
        assert_eq!(at(address, || query("q")).as_deref(), Some("a&b c"));
        assert_eq!(at(address, || query("status")), None);
        assert_eq!(at(address, || query("sort")).as_deref(), Some("created"));
        assert_eq!(at(address, || (parameter("id"), parameter("other"))), ("con_1".to_owned(), String::new()), "path parameters");
        assert_eq!(at("/contracts?%FF=%FF&&=&q", path), "/contracts");
    }

    #[test]
    fn return_address_omits_the_outcome_of_a_form() {
        assert_eq!(at("/contracts?q=a%26b&done=saved&problem=x", here), "/contracts?q=a%26b");
        assert_eq!(at("/contracts?done=saved", here), "/contracts");
    }
}
