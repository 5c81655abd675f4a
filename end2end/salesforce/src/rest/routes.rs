use super::errors::{ApiError, json_response};
use super::{bytes, collections, content_versions, describe, opportunities, query, records, session, versions};
use crate::state::organization::Organization;
use axum::extract::{DefaultBodyLimit, Path, State};
use axum::response::Response;
use axum::routing::{get, patch, post};
use axum::{Router, middleware};
use http::StatusCode;
use serde_json::{Map, json};
use std::sync::Arc;

const MAX_BYTES: usize = 50 * 1_024 * 1_024;

pub fn routes(organization: Arc<Organization>) -> Router<Arc<Organization>> {
    let creation = post(content_versions::create).layer(DefaultBodyLimit::max(content_versions::MAX_BYTES));
    let protected = Router::new()
        .route("/services/data/{version}", get(resources))
        .route("/services/data/{version}/", get(resources))
        .route("/services/data/{version}/limits", get(describe::limits))
        .route("/services/data/{version}/query", get(query::query))
        .route("/services/data/{version}/query/", get(query::query))
        .route("/services/data/{version}/queryAll", get(query::query))
        .route("/services/data/{version}/query/{locator}", get(query::more))
        .route("/services/data/{version}/sobjects", get(types))
        .route("/services/data/{version}/sobjects/{object}", get(basic).merge(creation))
        .route("/services/data/{version}/sobjects/{object}/describe", get(describe::describe))
        .route(
            "/services/data/{version}/sobjects/{object}/{id}",
            get(records::read).patch(records::change).delete(opportunities::delete),
        )
        .route("/services/data/{version}/sobjects/{object}/{id}/{field}", get(bytes::download))
        .route("/services/data/{version}/composite/sobjects", patch(collections::change))
        .route("/services/data/{version}/{*rest}", get(unknown).fallback(unknown))
        .method_not_allowed_fallback(records::method_not_allowed)
        .layer(DefaultBodyLimit::max(MAX_BYTES))
        .layer(middleware::from_fn_with_state(organization, session::guard));
    Router::new().route("/services/data", get(versions::list)).route("/services/data/", get(versions::list)).merge(protected)
}

async fn unknown() -> ApiError {
    ApiError::not_found()
}

async fn resources() -> Response {
    let base = format!("/services/data/{}", versions::CURRENT);
    let names = ["sobjects", "query", "queryAll", "limits", "composite"];
    let map: Map<_, _> = names.iter().map(|&name| (name.to_owned(), format!("{base}/{name}").into())).collect();
    json_response(StatusCode::OK, &map.into())
}

async fn types(State(organization): State<Arc<Organization>>) -> Response {
    let state = organization.state();
    let types: Vec<_> = state.view().types().map(|object| json!({ "name": object.name, "keyPrefix": object.prefix })).collect();
    json_response(StatusCode::OK, &json!({ "encoding": "UTF-8", "maxBatchSize": 200, "sobjects": types }))
}

async fn basic(
    State(organization): State<Arc<Organization>>,
    Path((_, object)): Path<(String, String)>,
) -> Result<Response, ApiError> {
    let object = organization.state().view().find(&object).ok_or_else(ApiError::not_found)?;
    let body = json!({ "objectDescribe": { "name": object.name, "keyPrefix": object.prefix }, "recentItems": [] });
    Ok(json_response(StatusCode::OK, &body))
}
