use super::cursors;
use super::errors::{ApiError, json_response};
use super::session::AccessToken;
use crate::soql::run::{self, Found};
use crate::state::organization::Organization;
use axum::Extension;
use axum::extract::{Path, Query, State};
use axum::response::Response;
use http::{HeaderMap, StatusCode};
use serde_json::json;
use std::collections::HashMap;
use std::sync::Arc;

/// `GET …/query?q=…`: executes a query and returns the first page.
pub async fn query(
    State(organization): State<Arc<Organization>>,
    Extension(AccessToken(token)): Extension<AccessToken>,
    Query(parameters): Query<HashMap<String, String>>,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    let source = parameters.get("q").filter(|source| !source.trim().is_empty());
    let source = source.ok_or_else(|| ApiError::bad("MALFORMED_QUERY", "A query string has to be specified"))?;
    let mut state = organization.state();
    let found = run::run(source, &state).map_err(|error| ApiError::bad(error.code, error.message(source)))?;
    let body = match found {
        Found::Count(count) => json!({ "totalSize": count, "done": true, "records": [] }),
        Found::Records(rows) => {
            let page_size = batch_size(&headers).unwrap_or(usize::MAX).min(state.page_size);
            cursors::first_page(&mut state.cursors, rows, page_size, &token)
        }
    };
    Ok(json_response(StatusCode::OK, &body))
}

/// `GET …/query/{locator}`: returns a later page of a query result.
pub async fn more(
    State(organization): State<Arc<Organization>>,
    Extension(AccessToken(token)): Extension<AccessToken>,
    Path((_, locator)): Path<(String, String)>,
) -> Result<Response, ApiError> {
    let page = cursors::next_page(&organization.state().cursors, &locator, &token);
    let page = page.ok_or_else(|| ApiError::bad("INVALID_QUERY_LOCATOR", "invalid query locator"))?;
    Ok(json_response(StatusCode::OK, &page))
}

fn batch_size(headers: &HeaderMap) -> Option<usize> {
    let value = headers.get("sforce-query-options")?.to_str().ok()?;
    let size: usize = value.split([',', ';']).find_map(|part| part.trim().strip_prefix("batchSize="))?.trim().parse().ok()?;
    Some(size.clamp(200, 2_000))
}
