//! The response to a request that has a webhook secret but is not a webhook call.
//!
//! If the secret is valid, the status is 404 for an unknown path, 405 for a webhook's path, and 401 for every other path. If the
//! secret is invalid, the response is the same as from the webhook. [`authenticate`] counts wrong secrets on every path, so that
//! other paths neither bypass the rate limit nor reveal which routes exist.

use super::client_address::ClientAddress;
use crate::api::problem::ApiError;
use crate::api::rejection::Rejection;
use crate::api::webhook::{SECRET_HEADER, authenticate, timely_signature};
use crate::pages::{is_page, is_program};
use crate::state::AppState;
use axum::extract::{MatchedPath, Request};
use axum::response::{IntoResponse, Response};
use http::HeaderValue;
use http::header::ALLOW;
use lexicontract::connectors;
use lexicontract::domain::connection::refused_call::RefusalReason;
use lexicontract::domain::problem::Problem;
use lexicontract::services::{addressed_webhook, is_webhook_path};

/// True if a request has a webhook secret in the header or the path. The secret may be invalid.
pub fn has_secret(request: &Request) -> bool {
    let is_in_path = || addressed_webhook(request.uri().path()).is_some_and(|address| address.secret.is_some());
    request.headers().contains_key(SECRET_HEADER) || is_in_path()
}

/// Texts that identify the routes for any provider.
const OF_ANY_PROVIDER: [&str; 2] = ["{webhook}", "deal-status"];

/// True if the path has a route. The routes for webhooks and deal states match any provider, so their paths count only if the
/// provider has a webhook.
fn is_routed(request: &Request) -> bool {
    let path = request.uri().path();
    let matched = request.extensions().get::<MatchedPath>();
    let is_of_any_provider = |matched: &MatchedPath| OF_ANY_PROVIDER.iter().any(|part| matched.as_str().contains(part));
    matched.is_some_and(|matched| is_webhook_path(path) || !is_of_any_provider(matched)) && (is_program(path) || is_page(request))
}

pub async fn respond(state: &AppState, request: Request) -> Response {
    let (rejection, is_routed) = (Rejection::of(&request), is_routed(&request));
    let is_webhook = is_webhook_path(request.uri().path());
    let (parts, _) = request.into_parts();
    let Some(address) = parts.extensions.get::<ClientAddress>().copied() else {
        return rejection.into_response(Problem::Internal);
    };
    let is_signed = timely_signature(state, &parts.headers).is_some();
    let caller = match authenticate(state, &parts, is_signed, address).await {
        Ok(caller) => caller,
        Err(error) => return rejection.into_response(error.report()),
    };
    let permit = state.tenant_limits.webhook_calls.acquire(&caller.organization_id).await;
    state.hub.record_refused_call(
        &caller,
        match &permit {
            Err(_) => RefusalReason::Unavailable,
            Ok(_) if is_routed && is_webhook => RefusalReason::MethodNotAllowed,
            Ok(_) => RefusalReason::WrongWebhookAddress,
        },
    );
    match permit {
        Err(problem) => rejection.into_response(problem),
        Ok(_) if !is_routed => {
            let terms = connectors::terms(caller.integration_id.slug());
            ApiError::from(Problem::WrongWebhookAddress(terms)).into_response()
        }
        // The method is not POST, because `authorization::authorize` passes POST requests to the webhook's handler.
        Ok(_) if is_webhook => {
            let allow = [(ALLOW, HeaderValue::from_static("POST"))];
            (allow, ApiError::from(Problem::MethodNotAllowed)).into_response()
        }
        // Other routes do not accept a webhook secret as an identity.
        Ok(_) => rejection.into_response(Problem::NotSignedIn),
    }
}
