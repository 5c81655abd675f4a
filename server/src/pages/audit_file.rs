//! Download of the audit log as CSV, with the filter of the audit page.

use crate::api::problem::Result;
use crate::extract::Caller;
use app::audit_query::AuditQuery;
use axum::extract::RawQuery;
use axum::response::IntoResponse;
use http::HeaderValue;
use http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use lexicontract::domain::audit::AuditEntry;
use lexicontract::domain::page::{MAX_LIMIT, PageRequest};
use lexicontract::hub::Hub;
use lexicontract::services::Actor;
use url::form_urlencoded;

/// Limit on the lines of one file. Users download older lines by setting a filter.
const MAX_LINES: i64 = 50_000;
const HEADINGS: &str =
    "time,kind,what,who,who_id,address,proved_by,request,connection,client_request,contract,sequence,hash,previous_hash\r\n";

pub async fn download(Caller(hub, actor): Caller, RawQuery(query): RawQuery) -> Result<impl IntoResponse> {
    hub.record_audit_export(&actor).await?;
    let text = csv(&hub, &actor, &parse(query.as_deref().unwrap_or_default())).await?;
    let headers = [
        (CONTENT_TYPE, HeaderValue::from_static("text/csv; charset=utf-8")),
        (CONTENT_DISPOSITION, HeaderValue::from_static("attachment; filename=\"audit-log.csv\"")),
    ];
    Ok((headers, text))
}

fn parse(query: &str) -> AuditQuery {
    AuditQuery::read(|name| {
        let (_, value) = form_urlencoded::parse(query.as_bytes()).find(|(key, _)| key == name)?;
        Some(value.into_owned()).filter(|value| !value.is_empty())
    })
}

async fn csv(hub: &Hub, actor: &Actor, query: &AuditQuery) -> Result<String> {
    let (filter, mut text, mut cursor) = (query.filter(), HEADINGS.to_owned(), None);
    for _ in 0..MAX_LINES / MAX_LIMIT {
        let page = PageRequest::new(Some(MAX_LIMIT), cursor).unwrap_or_default();
        let lines = hub.audit_log(actor, &filter, &page).await?;
        lines.items.iter().for_each(|entry| text.push_str(&line(entry)));
        cursor = lines.next_cursor;
        if cursor.is_none() {
            break;
        }
    }
    Ok(text)
}

fn line(entry: &AuditEntry) -> String {
    let text = |value: &Option<String>| value.clone().unwrap_or_default();
    let cells = [
        entry.at.to_string(),
        entry.kind.clone(),
        entry.summary.clone(),
        entry.actor.clone(),
        entry.actor_id.as_ref().map(ToString::to_string).unwrap_or_default(),
        text(&entry.address),
        text(&entry.via),
        text(&entry.request_id),
        entry.connection_id.as_ref().map(ToString::to_string).unwrap_or_default(),
        text(&entry.client_request_id),
        entry.contract_id.as_ref().map(ToString::to_string).unwrap_or_default(),
        entry.sequence.map(|sequence| sequence.to_string()).unwrap_or_default(),
        text(&entry.hash),
        text(&entry.previous_hash),
    ];
    format!("{}\r\n", cells.map(|cell| quote(&cell)).join(","))
}

/// Quotes a cell (RFC 4180). A leading apostrophe prevents spreadsheets from evaluating the cell as a formula.
fn quote(cell: &str) -> String {
    let is_formula = cell.starts_with(['=', '+', '-', '@', '\t', '\r']);
    format!("\"{}{}\"", if is_formula { "'" } else { "" }, cell.replace('"', "\"\""))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cell_cannot_contain_a_formula_or_end_early() {
        assert_eq!(quote("Ada \"the\" Admin, Ltd"), "\"Ada \"\"the\"\" Admin, Ltd\"");
        assert_eq!(quote("=HYPERLINK(\"x\")"), "\"'=HYPERLINK(\"\"x\"\")\"");
        assert_eq!(quote(""), "\"\"");
    }
}
