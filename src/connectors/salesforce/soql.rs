//! Queries. Values come in as ids or as escaped texts, and pages are followed on the instance, up to a bound.

use super::call::{address, data_address, get_json};
use super::id::SalesforceId;
use crate::connectors::{Ctx, Error, Kind, Session};
use serde::{Deserialize, de::DeserializeOwned};
use url::Url;

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
pub(super) async fn query<T: DeserializeOwned>(ctx: &Ctx, session: &Session, call: &str, soql: &str) -> Result<Vec<T>, Error> {
    let mut url = data_address(ctx, session, "query")?;
    url.query_pairs_mut().append_pair("q", soql);
    let mut rows = Vec::new();
    for _ in 0..PAGES {
        let page: QueryPage<T> = get_json(ctx, session, call, url).await?;
        rows.extend(page.records);
        match page.next_records_url.filter(|_| !page.done) {
            Some(next) => url = next_page(ctx, session, call, &next)?,
            None => return Ok(rows),
        }
    }
    Err(Error::new(Kind::Refused, format!("{call}: more than {PAGES} pages"))
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

/// The address of the next page. The answer names a path; anything but a plain path of a query is refused.
fn next_page(ctx: &Ctx, session: &Session, call: &str, path: &str) -> Result<Url, Error> {
    let is_plain = path.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'/' | b'.' | b'-' | b'_'));
    let is_query = path.starts_with("/services/data/") && path.contains("/query/");
    if !is_plain || !is_query || path.contains("..") || path.contains("//") {
        return Err(Error::new(Kind::Unexpected, format!("{call}: the next page is not a path of a query")));
    }
    address(ctx, session, path)
}

/// Ids as the list of an `IN`.
pub(super) fn id_list(ids: &[SalesforceId]) -> String {
    ids.iter().map(|id| format!("'{id}'")).collect::<Vec<_>>().join(",")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::connectors::test_support::{context, session};

    #[test]
    fn a_text_cannot_leave_its_quotes() {
        assert_eq!(text("Needs Legal Review"), "'Needs Legal Review'");
        assert_eq!(text(r"Bob's \ 'x'"), r"'Bob\'s \\ \'x\''");
        assert_eq!(text("a\nb\u{7}"), r"'a\nb'");
    }

    #[test]
    fn the_next_page_stays_on_the_instance() {
        let (ctx, session) = (context(&[]), session("https://acme.my.salesforce.com"));
        let next = |path: &str| next_page(&ctx, &session, "test", path).map(String::from);
        let good = "/services/data/v67.0/query/0r8xx01-2000";
        assert_eq!(next(good).unwrap(), format!("https://acme.my.salesforce.com{good}"));
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
            assert_eq!(next(bad).unwrap_err().kind, Kind::Unexpected, "{bad}");
        }
    }
}
