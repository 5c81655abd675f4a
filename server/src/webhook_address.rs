//! The address of the webhook, and the answer to webhook calls that miss it or use another method.
//!
//! A caller with a valid secret is told what is wrong: 404 or 405. Everyone else gets the answer of the webhook: the same function checks
//! the secret and counts wrong ones, whether or not the path exists, so other paths neither avoid the limit nor show which routes there are.

use crate::{
    api::webhook::{SECRET_HEADER, authenticate},
    client_address::ClientAddress,
    pages::{is_page, is_program},
    problem::Failure,
    refusal::Refusal,
    state::AppState,
};
use axum::{
    extract::{MatchedPath, Request},
    response::{IntoResponse, Response},
};
use http::{HeaderMap, HeaderValue, header::ALLOW};
use lexicontract::{domain::problem::Problem, services::WEBHOOK_PATH};

/// Whether a path is the webhook's, with or without a slash at its end.
pub fn is_webhook(path: &str) -> bool {
    path.strip_suffix('/').unwrap_or(path) == WEBHOOK_PATH
}

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
        let is_route = request.extensions().get::<MatchedPath>().is_some() && (is_program(path) || is_page(request));
        match is_route {
            true if is_webhook(path) => Self::OtherMethod,
            true => Self::OtherRoute,
            false => Self::Nothing,
        }
    }
}

/// Answers a request without an identity that carries a webhook secret and is not a call of the webhook.
pub async fn answer(state: &AppState, request: Request) -> Response {
    let (refusal, target) = (Refusal::of(&request), Target::of(&request));
    let (parts, _) = request.into_parts();
    let Some(address) = parts.extensions.get::<ClientAddress>().copied() else {
        return refusal.answer(Problem::Internal);
    };
    let caller = match authenticate(state, &parts.headers, address).await {
        Ok(caller) => caller,
        Err(Failure(problem)) => return refusal.answer(problem),
    };
    match state.fairness.calls.take(&caller.organization_id).await {
        Ok(_turn) => correction(target, refusal),
        Err(problem) => refusal.answer(problem),
    }
}

/// What a caller with a valid secret did wrong.
fn correction(target: Target, refusal: Refusal) -> Response {
    match target {
        Target::OtherMethod => {
            let only_post = [(ALLOW, HeaderValue::from_static("POST"))];
            (only_post, Failure(Problem::MethodNotAllowed)).into_response()
        }
        Target::Nothing => Failure(Problem::WrongWebhookAddress).into_response(),
        Target::OtherRoute => refusal.answer(Problem::NotSignedIn),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_slash_at_the_end_is_still_the_webhook() {
        assert!(is_webhook(WEBHOOK_PATH) && is_webhook("/api/v1/integrations/salesforce/webhook/"));
        for other in
            ["/webhook", "/api/v1/integrations/salesforce/webhook//", "//api/v1/integrations/salesforce/webhook", "/", ""]
        {
            assert!(!is_webhook(other), "{other}");
        }
    }
}
