//! Where a provider sends the browser back to.

use crate::{extract::PathText, identity::authentication::Visitor, layers::origin::is_prefetch};
use axum::{
    Extension,
    extract::{Query, State},
    response::{IntoResponse, Redirect, Response},
};
use http::{
    HeaderMap, HeaderName, Method, StatusCode,
    header::{CACHE_CONTROL, REFERRER_POLICY},
};
use lexicontract::{
    connectors, domain::connection::connect_failure::ConnectFailure, hub::Hub, secret::Secret, services::Callback,
};
use serde::Deserialize;
use utoipa::IntoParams;

/// What the provider adds to the address.
#[derive(Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct CallbackQuery {
    state: Option<String>,
    code: Option<String>,
    error: Option<String>,
    error_description: Option<String>,
}

/// The answer must never be stored, and the address, which holds the code, must not travel on.
const HEADERS: [(HeaderName, &str); 2] = [(REFERRER_POLICY, "no-referrer"), (CACHE_CONTROL, "no-store")];

/// Ends the flow and sends the browser to the integrations page, which says what came of it. HEAD and prefetches end nothing: they are
/// answered with 503, so that no browser keeps the response for the navigation that follows.
#[utoipa::path(get, path = "/api/v1/integrations/{slug}/callback", tag = "integrations", params(CallbackQuery),
    responses((status = 303, description = "To `/integrations?connected={slug}`, or `/integrations?error=<code>`")))]
pub async fn finish(
    State(hub): State<Hub>,
    PathText(slug): PathText<String>,
    Extension(visitor): Extension<Visitor>,
    method: Method,
    headers: HeaderMap,
    query: Result<Query<CallbackQuery>, axum::extract::rejection::QueryRejection>,
) -> Response {
    if method == Method::HEAD || is_prefetch(&headers) {
        return (StatusCode::SERVICE_UNAVAILABLE, HEADERS).into_response();
    }
    let target = match query {
        Ok(Query(query)) => end(&hub, &slug, visitor, query).await,
        Err(_) => Err(ConnectFailure::StateInvalid),
    };
    let address = match target {
        Ok(()) => format!("/integrations?connected={}", connectors::terms(&slug).slug),
        Err(failure) => format!("/integrations?{}", failure.query(connectors::terms(&slug))),
    };
    (HEADERS, Redirect::to(&address)).into_response()
}

async fn end(hub: &Hub, slug: &str, visitor: Visitor, query: CallbackQuery) -> Result<(), ConnectFailure> {
    let callback = Callback {
        state: query.state.map(Secret::new),
        code: query.code.map(Secret::new),
        error: query.error,
        error_description: query.error_description,
    };
    hub.finish_flow(slug, visitor.0.as_ref(), callback).await.map(drop)
}
