//! The redirect URI of OAuth flows.

use crate::extract::{Param, QueryResult};
use crate::identity::authentication::Visitor;
use crate::layers::origin::is_prefetch;
use app::connect_link;
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
    responses((status = 303,
        description = "To `/integrations?connected={slug}`, or `/integrations?error=<code>`. If a connect link has started the flow: to the page of the link, or `/connect?error=<code>`")))]
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
    let address = match query {
        Ok(Query(CallbackQuery { state, code, error, error_description })) => {
            let callback = Callback { state: state.map(Secret::new), code: code.map(Secret::new), error, error_description };
            match is_link_flow(&hub, &callback).await {
                true => finish_link_flow(&hub, &slug, &headers, callback).await,
                false => result_address(&slug, hub.finish_flow(&slug, visitor.0.as_ref(), callback).await.map(drop)),
            }
        }
        Err(_) => result_address(&slug, Err(ConnectFailure::StateInvalid)),
    };
    (HEADERS, Redirect::to(&address)).into_response()
}

fn result_address(slug: &str, result: Result<(), ConnectFailure>) -> String {
    let terms = connectors::terms(slug);
    match result {
        Ok(()) => format!("/integrations?connected={}", terms.slug),
        Err(failure) => format!("/integrations?{}", failure.query(terms)),
    }
}

async fn is_link_flow(hub: &Hub, callback: &Callback) -> bool {
    let Some(state) = &callback.state else { return false };
    match hub.is_link_flow(state).await {
        Ok(is_link_flow) => is_link_flow,
        Err(error) => {
            error.report();
            false
        }
    }
}

/// Finishes the flow of a connect link, whose browser has a cookie instead of a session. Returns the address of the link's page,
/// which shows the result. If the flow belongs to another link or browser, returns the address of a page without a link.
async fn finish_link_flow(hub: &Hub, slug: &str, headers: &HeaderMap, callback: Callback) -> String {
    let browser = connect_link::of_callback(hub, headers, slug);
    let outcome = hub.finish_link_flow(slug, browser.as_ref().map(|browser| &browser.secret), callback).await;
    let terms = connectors::terms(slug);
    match (browser, outcome) {
        (Some(browser), Ok(_)) => connect_link::page(&browser.token),
        (Some(browser), Err(failure)) if failure != ConnectFailure::StateInvalid => {
            format!("{}?{}", connect_link::page(&browser.token), failure.query(terms))
        }
        (_, outcome) => {
            let failure = outcome.err().unwrap_or(ConnectFailure::StateInvalid);
            format!("{}?{}", connect_link::LOST_PAGE, failure.query(terms))
        }
    }
}
