//! SOQL queries. The number of result pages is limited, and all pages are requested from the account's host.

use super::id::SalesforceId;
use super::rest::{DATA, data_path};
use crate::connectors::{Call, Error, Kind};
use crate::domain::connection::health::Responsible;
use serde::Deserialize;
use serde::de::DeserializeOwned;

/// Maximum number of result pages of one query. A page has up to 2,000 rows.
const PAGES: usize = 10;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct QueryPage<T> {
    records: Vec<T>,
    #[serde(default)]
    done: bool,
    next_records_url: Option<String>,
}

/// Cause of the error of a query with more than [`PAGES`] pages.
const TOO_MANY_ROWS: &str = "too_many_rows";

/// Returns all rows of a query, or an error if there are more than [`PAGES`] pages. [`has_too_many_rows`] recognizes this error.
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
        .with_cause(TOO_MANY_ROWS, Responsible::ProviderAdministrator)
        .with_message(
            "Salesforce has more records for this query than can be read. Reduce the number of records, then try again.",
        ))
}

pub(super) fn has_too_many_rows(error: &Error) -> bool {
    error.cause == TOO_MANY_ROWS
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct IdRow {
    id: SalesforceId,
}

pub(super) async fn query_ids(call: &Call, what: &str, soql: &str) -> Result<Vec<SalesforceId>, Error> {
    Ok(query(call, what, soql).await?.into_iter().map(|row: IdRow| row.id).collect())
}

/// Formats text as a string literal. Removes control characters that SOQL cannot escape.
pub(super) fn string_literal(text: &str) -> String {
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

fn is_next_page(path: &str) -> bool {
    let is_plain = path.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'/' | b'.' | b'-' | b'_'));
    let is_query = path.starts_with(DATA) && path.contains("/query/");
    is_plain && is_query && !path.contains("..") && !path.contains("//")
}

/// Formats ids for the `IN` operator, without parentheses.
pub(super) fn id_list(ids: &[SalesforceId]) -> String {
    ids.iter().map(|id| format!("'{id}'")).collect::<Vec<_>>().join(",")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn string_literals_are_escaped() {
        assert_eq!(string_literal("Needs Legal Review"), "'Needs Legal Review'");
        assert_eq!(string_literal(r"Bob's \ 'x'"), r"'Bob\'s \\ \'x\''");
        assert_eq!(string_literal("a\nb\u{7}"), r"'a\nb'");
    }

    #[test]
    fn next_page_must_be_a_query_path_on_the_instance() {
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
