//! The audit log as a file for spreadsheets, with the same filter as the page.

use crate::{api::problem::Result, extract::Caller};
use app::audit_query::AuditQuery;
use axum::{
    extract::{RawQuery, State},
    response::IntoResponse,
};
use http::{
    HeaderValue,
    header::{CONTENT_DISPOSITION, CONTENT_TYPE},
};
use lexicontract::{
    domain::{
        audit::AuditEntry,
        page::{MAX_LIMIT, PageRequest},
    },
    hub::Hub,
    services::Actor,
};
use url::form_urlencoded;

/// More lines than a person reads; the filter leads to the others.
const MAX_LINES: usize = 50_000;
const HEADINGS: &str =
    "time,kind,what,who,who_id,address,proved_by,request,connection,client_request,contract,sequence,hash,previous_hash\r\n";

/// The file. For admins.
pub async fn download(State(hub): State<Hub>, Caller(actor): Caller, RawQuery(query): RawQuery) -> Result<impl IntoResponse> {
    hub.record_audit_export(&actor).await?;
    let text = text(&hub, &actor, &asked(query.as_deref().unwrap_or_default())).await?;
    let headers = [
        (CONTENT_TYPE, HeaderValue::from_static("text/csv; charset=utf-8")),
        (CONTENT_DISPOSITION, HeaderValue::from_static("attachment; filename=\"audit-log.csv\"")),
    ];
    Ok((headers, text))
}

fn asked(query: &str) -> AuditQuery {
    let value =
        |name: &str| form_urlencoded::parse(query.as_bytes()).find(|(key, _)| key == name).map(|(_, value)| value.into_owned());
    AuditQuery::read(|name| value(name).filter(|value| !value.is_empty()))
}

async fn text(hub: &Hub, actor: &Actor, asked: &AuditQuery) -> Result<String> {
    let (filter, mut text, mut cursor) = (asked.filter(), HEADINGS.to_owned(), None);
    for _ in 0..MAX_LINES / 100 {
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
    let said = |value: &Option<String>| value.clone().unwrap_or_default();
    let cells = [
        entry.at.to_string(),
        entry.kind.clone(),
        entry.summary.clone(),
        entry.actor.clone(),
        entry.actor_id.as_ref().map(ToString::to_string).unwrap_or_default(),
        said(&entry.address),
        said(&entry.via),
        said(&entry.request_id),
        entry.connection_id.as_ref().map(ToString::to_string).unwrap_or_default(),
        said(&entry.client_request_id),
        entry.contract_id.as_ref().map(ToString::to_string).unwrap_or_default(),
        entry.sequence.map(|sequence| sequence.to_string()).unwrap_or_default(),
        said(&entry.hash),
        said(&entry.previous_hash),
    ];
    format!("{}\r\n", cells.map(|cell| quoted(&cell)).join(","))
}

/// A cell in quotes (RFC 4180). One that a spreadsheet would take for a formula gets an apostrophe: names come from people.
fn quoted(cell: &str) -> String {
    let is_formula = cell.starts_with(['=', '+', '-', '@', '\t', '\r']);
    format!("\"{}{}\"", if is_formula { "'" } else { "" }, cell.replace('"', "\"\""))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_cannot_become_a_formula_or_end_its_cell() {
        assert_eq!(quoted("Ada \"the\" Admin, Ltd"), "\"Ada \"\"the\"\" Admin, Ltd\"");
        assert_eq!(quoted("=HYPERLINK(\"x\")"), "\"'=HYPERLINK(\"\"x\"\")\"");
        assert_eq!(quoted(""), "\"\"");
    }
}
