//! Who is calling: an API token in `Authorization`, or the session cookie.

use crate::{
    api::problem::Result,
    layers::authorization::{Audience, audience},
    state::AppState,
};
use app::session;
use axum::{
    extract::{Request, State},
    middleware::Next,
    response::{IntoResponse, Response},
};
use http::{HeaderMap, header::AUTHORIZATION};
use lexicontract::{hub, hub::Hub, secret::Secret, services::Actor};

pub use app::context::Visitor;

/// Identifies the caller of every request.
pub async fn authenticate(State(state): State<AppState>, mut request: Request, next: Next) -> Response {
    match identify(&state, &mut request).await {
        Ok(()) => next.run(request).await,
        Err(failure) => failure.into_response(),
    }
}

/// Looks up the caller, and puts [`Visitor`] and [`Proof`] into the request's extensions, in place of those from an earlier look-up.
///
/// # Errors
/// The database does not answer.
pub async fn identify(state: &AppState, request: &mut Request) -> Result<()> {
    let proof = Proof::of(&state.hub, request.headers());
    let actor = match audience(request.method(), request.uri().path()) {
        Audience::Machines => None,
        Audience::Anyone | Audience::SignedIn => actor_of(&state.hub, &proof).await?,
    };
    request.extensions_mut().insert(Visitor(actor));
    request.extensions_mut().insert(proof);
    Ok(())
}

/// What the request offers as proof of an identity. A token wins over a cookie, also when it is worthless: a program that
/// sends one means it.
#[derive(Clone)]
pub enum Proof {
    /// An API token.
    Token(Secret<String>),
    /// A session cookie.
    Cookie(Secret<String>),
    /// Nothing.
    Nothing,
}

impl Proof {
    fn of(hub: &Hub, headers: &HeaderMap) -> Self {
        // Other schemes belong to a proxy in front, which passes them on.
        let bearer = headers.get(AUTHORIZATION).filter(|value| is_bearer(value.as_bytes()));
        match (bearer, session::read(hub.config(), headers)) {
            (Some(value), _) => bearer_token(value.as_bytes()).map_or(Self::Nothing, Self::Token),
            (None, Some(cookie)) => Self::Cookie(cookie),
            (None, None) => Self::Nothing,
        }
    }
}

fn is_bearer(value: &[u8]) -> bool {
    let scheme = value.split(|byte| *byte == b' ').next().unwrap_or_default();
    scheme.eq_ignore_ascii_case(b"bearer")
}

/// The token of `Bearer <token>`; the scheme's case does not matter (RFC 9110).
pub fn bearer_token(value: &[u8]) -> Option<Secret<String>> {
    let text = std::str::from_utf8(value).ok()?;
    let (scheme, token) = text.split_once(' ')?;
    let token = token.trim();
    (scheme.eq_ignore_ascii_case("bearer") && !token.is_empty()).then(|| Secret::from(token))
}

async fn actor_of(hub: &Hub, proof: &Proof) -> hub::Result<Option<Actor>> {
    match proof {
        Proof::Token(token) => hub.actor_of_api_token(token).await,
        Proof::Cookie(cookie) => hub.actor_of_session(cookie).await,
        Proof::Nothing => Ok(None),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bearer_token_is_read_whatever_the_case_of_the_scheme() {
        let token = |text: &str| bearer_token(text.as_bytes()).map(|token| token.expose().clone());
        assert_eq!(token("bearer abc"), Some("abc".to_owned()));
        assert_eq!(token("Bearer  abc "), Some("abc".to_owned()));
        for text in ["", "Bearer", "Bearer ", "Basic abc", "abc"] {
            assert_eq!(token(text), None, "{text}");
        }
    }
}
