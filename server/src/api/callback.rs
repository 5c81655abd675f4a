//! The redirect URI of OAuth flows.

use crate::extract::{Param, QueryResult};
use crate::identity::authentication::Visitor;
use crate::layers::origin::is_prefetch;
use axum::Extension;
use axum::extract::{Query, State};
use axum::response::{IntoResponse, Redirect, Response};
use http::header::{CACHE_CONTROL, REFERRER_POLICY};
use http::{HeaderMap, HeaderName, Method, StatusCode};
use lexicontract::connectors;
use lexicontract::domain::connection::connect_failure::ConnectFailure;
use lexicontract::hub::Hub;
use lexicontract::secret::Secret;
use lexicontract::services::Callback;
use serde::Deserialize;
use utoipa::IntoParams;

#[derive(Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct CallbackQuery {
    state: Option<String>,
    code: Option<String>,
    error: Option<String>,
    error_description: Option<String>,
}

/// Prevents browsers from caching the address and from sending it as referrer, because the address contains the authorization
/// code.
const HEADERS: [(HeaderName, &str); 2] = [(REFERRER_POLICY, "no-referrer"), (CACHE_CONTROL, "no-store")];

/// Completes the flow and redirects the browser to the integrations page, which shows the result. HEAD requests and prefetches do
/// not complete the flow. They get 503, so that the browser does not reuse the response when the user opens the address.
#[utoipa::path(get, path = "/api/v1/integrations/{slug}/callback", tag = "integrations", params(CallbackQuery),
    responses((status = 303, description = "To `/integrations?connected={slug}`, or `/integrations?error=<code>`")))]
pub async fn finish(
    State(hub): State<Hub>,
    Param(slug): Param<String>,
    Extension(visitor): Extension<Visitor>,
    method: Method,
    headers: HeaderMap,
    query: QueryResult<CallbackQuery>,
) -> Response {
    if method == Method::HEAD || is_prefetch(&headers) {
        return (StatusCode::SERVICE_UNAVAILABLE, HEADERS).into_response();
    }
    let result = match query {
        Ok(Query(CallbackQuery { state, code, error, error_description })) => {
            let callback = Callback { state: state.map(Secret::new), code: code.map(Secret::new), error, error_description };
            hub.finish_flow(&slug, visitor.0.as_ref(), callback).await.map(drop)
        }
        Err(_) => Err(ConnectFailure::StateInvalid),
    };
    let terms = connectors::terms(&slug);
    let address = match result {
        Ok(()) => format!("/integrations?connected={}", terms.slug),
        Err(failure) => format!("/integrations?{}", failure.query(terms)),
    };
    (HEADERS, Redirect::to(&address)).into_response()
}
