//! The fact sheet of a connection, for security reviewers.

use super::download::content_disposition;
use super::problem::Result;
use crate::extract::{Caller, Json, Param};
use app::fact_sheet_document;
use axum::response::{IntoResponse, Response};
use http::header::{ACCEPT, CONTENT_DISPOSITION, CONTENT_TYPE, VARY};
use http::{HeaderMap, HeaderValue};
use lexicontract::domain::connection::fact_sheet::FactSheet;
use lexicontract::domain::ids::ConnectionId;

/// Returns what the connection reads and writes, which hosts it calls, how credentials are protected, and when it was used last. The
/// sheet contains no secret. With `Accept: application/json`, the response is JSON; otherwise it is a printable HTML document as an
/// attachment.
#[utoipa::path(get, path = "/api/v1/integrations/organization/{id}/fact-sheet", tag = "connections",
    responses((status = 200, content((FactSheet = "application/json"), (String = "text/html")))))]
pub async fn fact_sheet(Caller(hub, actor): Caller, Param(id): Param<ConnectionId>, headers: HeaderMap) -> Result<Response> {
    let sheet = hub.fact_sheet(&actor, &id).await?;
    let vary = [(VARY, HeaderValue::from_static("accept"))];
    if wants_json(&headers) {
        return Ok((vary, Json(sheet)).into_response());
    }
    let file_name = format!("{} fact sheet {}.html", sheet.connection.provider, &sheet.generated_at.to_string()[..10]);
    let file = [
        (CONTENT_TYPE, HeaderValue::from_static("text/html; charset=utf-8")),
        (CONTENT_DISPOSITION, content_disposition(&file_name)),
    ];
    Ok((vary, file, fact_sheet_document(&sheet)).into_response())
}

fn wants_json(headers: &HeaderMap) -> bool {
    let accept = headers.get(ACCEPT).and_then(|accept| accept.to_str().ok()).unwrap_or_default().to_ascii_lowercase();
    accept.contains("application/json") && !accept.contains("text/html")
}
