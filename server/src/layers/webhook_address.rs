//! The response to webhook calls that miss it or use another method.
//!
//! A caller with a valid secret gets 404 or 405. Other callers get the webhook's 401: the same function checks the secret and counts wrong
//! ones whether or not the path exists, so other paths neither bypass the rate limit nor reveal routes.

use super::client_address::ClientAddress;
use crate::{
    api::{
        problem::ApiError,
        rejection::Rejection,
        webhook::{SECRET_HEADER, authenticate},
    },
    pages::{is_page, is_program},
    state::AppState,
};
use axum::{
    extract::{MatchedPath, Request},
    response::{IntoResponse, Response},
};
use http::{HeaderMap, HeaderValue, header::ALLOW};
use lexicontract::{
    connectors,
    domain::{connection::terms::Terms, problem::Problem},
    services::is_webhook_path,
};

/// Whether a request carries a webhook secret, right or wrong.
pub fn carries_secret(headers: &HeaderMap) -> bool {
    headers.contains_key(SECRET_HEADER)
}

/// What a call with a webhook secret reached instead of the webhook.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Target {
    /// The webhook's path, with another method.
    OtherMethod,
    /// No route.
    Nothing,
    /// A route for users and API tokens. A webhook secret is no identity there.
    OtherRoute,
}

impl Target {
    fn of(request: &Request) -> Self {
        let path = request.uri().path();
        let matched = request.extensions().get::<MatchedPath>();
        let is_route = matched.is_some_and(|matched| is_webhook_path(path) || !matched.as_str().contains("{webhook}"))
            && (is_program(path) || is_page(request));
        match is_route {
            true if is_webhook_path(path) => Self::OtherMethod,
            true => Self::OtherRoute,
            false => Self::Nothing,
        }
    }
}

/// Answers a request without an identity that carries a webhook secret and is not a call of the webhook.
pub async fn answer(state: &AppState, request: Request) -> Response {
    let (refusal, target) = (Rejection::of(&request), Target::of(&request));
    let (parts, _) = request.into_parts();
    let Some(address) = parts.extensions.get::<ClientAddress>().copied() else {
        return refusal.answer(Problem::Internal);
    };
    let caller = match authenticate(state, &parts.headers, address).await {
        Ok(caller) => caller,
        Err(error) => return refusal.answer(error.report()),
    };
    match state.fairness.calls.take(&caller.organization_id).await {
        Ok(_turn) => correction(target, refusal, connectors::terms(caller.integration_id.slug())),
        Err(problem) => refusal.answer(problem),
    }
}

/// What a caller with a valid secret did wrong.
fn correction(target: Target, refusal: Rejection, terms: &'static Terms) -> Response {
    match target {
        Target::OtherMethod => {
            let only_post = [(ALLOW, HeaderValue::from_static("POST"))];
            (only_post, ApiError::from(Problem::MethodNotAllowed)).into_response()
        }
        Target::Nothing => ApiError::from(Problem::WrongWebhookAddress(terms)).into_response(),
        Target::OtherRoute => refusal.answer(Problem::NotSignedIn),
    }
}
