//! Counts the requests to the simulated CRM endpoints.

use crate::ids;
use serde::Serialize;
use std::collections::BTreeMap;

const MAX_PATHS: usize = 500;

/// Numbers of requests, including rejected requests and requests with an injected fault.
#[derive(Debug, Default, Serialize)]
pub struct Calls {
    /// Requests to the REST API.
    api: u64,
    total: u64,
    /// By method and path, such as `GET /services/data/{version}/query`.
    by_path: BTreeMap<String, u64>,
}

impl Calls {
    pub fn count(&mut self, method: &str, path: &str) {
        self.total += 1;
        self.api += u64::from(path.starts_with("/services/data"));
        let key = format!("{method} {}", template(path));
        if self.by_path.len() < MAX_PATHS || self.by_path.contains_key(&key) {
            *self.by_path.entry(key).or_default() += 1;
        }
    }
}

/// Replaces the version, the ids and the query locator in a path.
fn template(path: &str) -> String {
    let segments = path.split('/').map(|segment| {
        let has_digit = segment.contains(|character: char| character.is_ascii_digit());
        if has_digit && segment.starts_with('v') && segment.ends_with(".0") {
            "{version}"
        } else if has_digit && segment.starts_with("0r8") {
            "{locator}"
        } else if has_digit && ids::to_18(segment).is_some() {
            "{id}"
        } else {
            segment
        }
    });
    segments.collect::<Vec<_>>().join("/")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_ids_and_locators_are_replaced() {
        for (path, expected) in [
            ("/services/data/v67.0/query", "/services/data/{version}/query"),
            ("/services/data/v67.0/query/0r8abcDEF000123-2000", "/services/data/{version}/query/{locator}"),
            (
                "/services/data/v67.0/sobjects/Opportunity/006ak00000OQ4RxAAL",
                "/services/data/{version}/sobjects/Opportunity/{id}",
            ),
            (
                "/services/data/v67.0/sobjects/ContentDocument/describe",
                "/services/data/{version}/sobjects/ContentDocument/describe",
            ),
            ("/services/oauth2/token", "/services/oauth2/token"),
        ] {
            assert_eq!(template(path), expected);
        }
    }
}
