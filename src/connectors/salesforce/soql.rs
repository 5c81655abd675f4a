//! Queries. Values come in as ids or as escaped texts, and pages are followed on the instance, up to a bound.

use super::{
    call::{DATA, data_path},
    id::SalesforceId,
};
use crate::connectors::{Call, Error, Kind};
use serde::{Deserialize, de::DeserializeOwned};

/// The most pages of one query that are read, of up to 2,000 rows each.
const PAGES: usize = 10;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct QueryPage<T> {
    records: Vec<T>,
    #[serde(default)]
    done: bool,
    next_records_url: Option<String>,
}

/// All rows of a query.
///
/// # Errors
/// Also when there are more rows than [`PAGES`] hold: a part of them would look like all.
pub(super) async fn query<T: DeserializeOwned>(call: &Call, what: &str, soql: &str) -> Result<Vec<T>, Error> {
    let mut request = call.get(what, &data_path(call, "query")).query("q", soql);
    let mut rows = Vec::new();
    for _ in 0..PAGES {
        let page: QueryPage<T> = request.resource().json().await?;
        rows.extend(page.records);
        match page.next_records_url.filter(|_| !page.done) {
            Some(next) if is_next_page(&next) => request = call.get(what, &next),
            Some(_) => return Err(Error::new(Kind::Unexpected, format!("{what}: the next page is not a path of a query"))),
            None => return Ok(rows),
        }
    }
    Err(Error::new(Kind::Refused, format!("{what}: more than {PAGES} pages"))
        .advise("The Opportunity has more files than can be looked through. Remove some in Salesforce, then try again."))
}

/// A text as a literal.
pub(super) fn text(text: &str) -> String {
    let mut literal = String::with_capacity(text.len() + 2);
    literal.push('\'');
    for character in text.chars() {
        match character {
            '\'' | '\\' => literal.extend(['\\', character]),
            '\n' => literal.push_str("\\n"),
            '\r' => literal.push_str("\\r"),
            '\t' => literal.push_str("\\t"),
            control if control.is_control() => {}
            other => literal.push(other),
        }
    }
    literal.push('\'');
    literal
}

/// Whether an answer names a plain path of a query as its next page; nothing else is called.
fn is_next_page(path: &str) -> bool {
    let is_plain = path.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'/' | b'.' | b'-' | b'_'));
    let is_query = path.starts_with(DATA) && path.contains("/query/");
    is_plain && is_query && !path.contains("..") && !path.contains("//")
}

/// Ids as the list of an `IN`.
pub(super) fn id_list(ids: &[SalesforceId]) -> String {
    ids.iter().map(|id| format!("'{id}'")).collect::<Vec<_>>().join(",")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_cannot_leave_its_quotes() {
        assert_eq!(text("Needs Legal Review"), "'Needs Legal Review'");
        assert_eq!(text(r"Bob's \ 'x'"), r"'Bob\'s \\ \'x\''");
        assert_eq!(text("a\nb\u{7}"), r"'a\nb'");
    }

    #[test]
    fn the_next_page_stays_on_the_instance() {
        assert!(is_next_page("/services/data/v67.0/query/0r8xx01-2000"));
        for bad in [
            "https://evil.example/services/data/v67.0/query/1",
            "//evil.example/services/data/v67.0/query/1",
            "/services/data/v67.0/query/../../../secret",
            "/services/data/v67.0//query/1",
            "/services/apexrest/query/1",
            "/services/data/v67.0/query/1?q=SELECT",
            "@evil.example/services/data/v67.0/query/1",
            "",
        ] {
            assert!(!is_next_page(bad), "{bad}");
        }
    }
}
