//! Identifies users by session cookie and programs by API token.

use super::audience::{Audience, audience};
use crate::api::problem::ApiError;
use app::session;
use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use http::HeaderMap;
use http::header::AUTHORIZATION;
use lexicontract::hub;
use lexicontract::hub::Hub;
use lexicontract::secret::Secret;

pub use app::context::Visitor;

pub async fn authenticate(State(hub): State<Hub>, mut request: Request, next: Next) -> Response {
    match identify(&hub, &mut request).await {
        Ok(()) => next.run(request).await,
        Err(error) => ApiError::from(error).into_response(),
    }
}

/// Sets the extensions [`Visitor`] and [`Credential`] of the request.
pub async fn identify(hub: &Hub, request: &mut Request) -> hub::Result<()> {
    let credential = Credential::of(hub, request.headers());
    let actor = match (&credential, audience(request.method(), request.uri().path())) {
        (_, Audience::Machines) | (Credential::None, _) => None,
        (Credential::Token(token), _) => hub.actor_of_api_token(token).await?,
        (Credential::Cookie(cookie), _) => hub.actor_of_session(cookie).await?,
    };
    request.extensions_mut().insert(Visitor(actor));
    request.extensions_mut().insert(credential);
    Ok(())
}

/// The credential of a request, which is not verified yet. A bearer token takes precedence over a cookie, even if the token is
/// invalid.
#[derive(Clone)]
pub enum Credential {
    Token(Secret<String>),
    Cookie(Secret<String>),
    None,
}

impl Credential {
    fn of(hub: &Hub, headers: &HeaderMap) -> Self {
        // Ignores schemes other than `Bearer`, because a reverse proxy can add credentials with other schemes.
        let bearer = headers.get(AUTHORIZATION).filter(|value| is_bearer(value.as_bytes()));
        match (bearer, session::read(hub.config(), headers)) {
            (Some(value), _) => bearer_token(value.as_bytes()).map_or(Self::None, Self::Token),
            (None, Some(cookie)) => Self::Cookie(cookie),
            (None, None) => Self::None,
        }
    }
}

fn is_bearer(value: &[u8]) -> bool {
    let scheme = value.split(|byte| *byte == b' ').next().unwrap_or_default();
    scheme.eq_ignore_ascii_case(b"bearer")
}

/// Returns the token from `Bearer <token>`. The scheme is case-insensitive (RFC 9110).
pub fn bearer_token(value: &[u8]) -> Option<Secret<String>> {
    let (scheme, token) = std::str::from_utf8(value).ok()?.split_once(' ')?;
    let token = token.trim();
    (scheme.eq_ignore_ascii_case("bearer") && !token.is_empty()).then(|| Secret::from(token))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_bearer_scheme_is_case_insensitive() {
        let token = |text: &str| bearer_token(text.as_bytes()).map(|token| token.expose().clone());
        assert_eq!(token("bearer abc"), Some("abc".to_owned()));
        assert_eq!(token("Bearer  abc "), Some("abc".to_owned()));
        for text in ["", "Bearer", "Bearer ", "Basic abc", "abc"] {
            assert_eq!(token(text), None, "{text}");
        }
    }
}
