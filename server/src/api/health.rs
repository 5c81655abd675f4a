//! For load balancers and Prometheus.

use crate::{
    authentication::bearer_token,
    client_address::peer,
    measures,
    problem::{Failure, Result},
    state::AppState,
};
use axum::{
    extract::{Request, State},
    response::IntoResponse,
};
use http::{
    HeaderMap,
    header::{AUTHORIZATION, CONTENT_TYPE, FORWARDED},
};
use lexicontract::{domain::problem::Problem, secret::Secret};
use std::net::IpAddr;

const PROMETHEUS_TEXT: &str = "text/plain; version=0.0.4; charset=utf-8";

/// The process lives.
#[utoipa::path(get, path = "/healthz", tag = "operations", responses((status = 200, body = String, content_type = "text/plain")))]
pub async fn healthz() -> &'static str {
    "ok\n"
}

/// Deliveries can be taken: the database can be read and written; else 503 with the reason.
#[utoipa::path(get, path = "/readyz", tag = "operations", responses((status = 200, body = String, content_type = "text/plain")))]
pub async fn readyz(State(state): State<AppState>) -> Result<&'static str> {
    let hub = state.hub.clone();
    match state.readiness.ask(|| async move { hub.can_write().await.is_ok() }).await {
        true => Ok("ready\n"),
        false => Err(Problem::Unavailable.into()),
    }
}

/// What has been counted, for those who hold `METRICS_TOKEN`, or for this machine itself when there is none.
#[utoipa::path(get, path = "/metrics", tag = "operations", responses((status = 200, body = String, content_type = "text/plain")))]
pub async fn metrics(State(state): State<AppState>, request: Request) -> Result<impl IntoResponse> {
    let token = state.hub.config().metrics_token.as_ref();
    if may_read(token, peer(&request), request.headers()) {
        let text = state.metrics.render() + &measures::text(&state.hub).await;
        Ok(([(CONTENT_TYPE, PROMETHEUS_TEXT)], text))
    } else {
        Err(Failure(Problem::NotSignedIn))
    }
}

/// What a proxy on the same machine forwards comes from loopback too, but not from this machine.
fn may_read(token: Option<&Secret<String>>, peer: IpAddr, headers: &HeaderMap) -> bool {
    match token {
        Some(token) => {
            let given = headers.get(AUTHORIZATION).and_then(|value| bearer_token(value.as_bytes()));
            given.is_some_and(|given| is_equal(given.expose().as_bytes(), token.expose().as_bytes()))
        }
        None => {
            let is_forwarded = headers.contains_key("x-forwarded-for") || headers.contains_key(FORWARDED);
            peer.to_canonical().is_loopback() && !is_forwarded
        }
    }
}

/// Takes the same time wherever the two differ.
fn is_equal(one: &[u8], other: &[u8]) -> bool {
    one.len() == other.len() && one.iter().zip(other).fold(0, |different, (a, b)| different | (a ^ b)) == 0
}

#[cfg(test)]
mod tests {
    use super::*;
    use http::HeaderValue;

    fn headers(name: &'static str, value: &'static str) -> HeaderMap {
        HeaderMap::from_iter([(name.parse().unwrap(), HeaderValue::from_static(value))])
    }

    #[test]
    fn with_a_token_only_its_holder_may_read() {
        let token = Secret::from("m3trics");
        let loopback = "127.0.0.1".parse().unwrap();
        assert!(may_read(Some(&token), "8.8.8.8".parse().unwrap(), &headers("authorization", "Bearer m3trics")));
        assert!(!may_read(Some(&token), loopback, &HeaderMap::new()));
        assert!(!may_read(Some(&token), loopback, &headers("authorization", "Bearer m3tricz")));
    }

    #[test]
    fn without_a_token_only_this_machine_may_read() {
        assert!(may_read(None, "::1".parse().unwrap(), &HeaderMap::new()));
        assert!(may_read(None, "::ffff:127.0.0.1".parse().unwrap(), &HeaderMap::new()));
        assert!(!may_read(None, "10.0.0.1".parse().unwrap(), &HeaderMap::new()));
        assert!(!may_read(None, "127.0.0.1".parse().unwrap(), &headers("x-forwarded-for", "8.8.8.8")));
    }
}
