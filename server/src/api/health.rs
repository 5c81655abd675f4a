//! For load balancers and Prometheus.

use super::problem::{ProblemBody, Result};
use crate::{
    identity::authentication::bearer_token,
    layers::{client_address::peer, host::names_loopback},
    process::metrics,
    state::AppState,
};
use axum::{
    extract::{Request, State},
    response::IntoResponse,
};
use http::header::{AUTHORIZATION, CONTENT_TYPE, FORWARDED};
use lexicontract::{domain::problem::Problem, secret::Secret};

const PROMETHEUS_TEXT: &str = "text/plain; version=0.0.4; charset=utf-8";

/// The process lives.
#[utoipa::path(get, path = "/healthz", tag = "operations", responses((status = 200, body = String, content_type = "text/plain")))]
pub async fn healthz() -> &'static str {
    "ok\n"
}

/// Deliveries can be taken: the database can be read and written; else 503 with the reason. A file storage that cannot be used is said in
/// the body of a 200: deliveries are accepted and their files fetched later, and pages open.
#[utoipa::path(get, path = "/readyz", tag = "operations", responses((status = 200, body = String, content_type = "text/plain"),
    (status = 503, description = "The database can't be used", body = ProblemBody, content_type = "application/problem+json")))]
pub async fn readyz(State(state): State<AppState>) -> Result<&'static str> {
    let (hub, of_storage) = (state.hub.clone(), state.hub.clone());
    let (is_ready, has_storage) = tokio::join!(
        state.readiness.ask(|| async move { hub.can_write().await.is_ok() }),
        state.storage_readiness.ask(|| async move { of_storage.check_storage().await.is_ok() }),
    );
    match (is_ready, has_storage) {
        (true, true) => Ok("ready\n"),
        (true, false) => Ok("ready, but the file storage does not answer as expected; see the log\n"),
        (false, _) => Err(Problem::Unavailable.into()),
    }
}

/// What has been counted, for those who hold `METRICS_TOKEN`, or for this machine itself when there is none.
#[utoipa::path(get, path = "/metrics", tag = "operations", responses((status = 200, body = String, content_type = "text/plain"),
    (status = 401, description = "`METRICS_TOKEN` is missing or wrong, or the request is not from this machine",
        body = ProblemBody, content_type = "application/problem+json")))]
pub async fn metrics(State(state): State<AppState>, request: Request) -> Result<impl IntoResponse> {
    if may_read_metrics(&state, &request) {
        let text = state.metrics.render() + &metrics::text(&state.hub).await;
        Ok(([(CONTENT_TYPE, PROMETHEUS_TEXT)], text))
    } else {
        Err(Problem::NotSignedIn.into())
    }
}

/// Whether a request is for the metrics, and its caller may read them.
pub fn may_read_metrics(state: &AppState, request: &Request) -> bool {
    request.uri().path() == "/metrics" && may_read(state.hub.config().metrics_token.as_ref(), request)
}

/// What a proxy on the same machine forwards comes from loopback too, and so does what a page elsewhere sends by a name that leads here;
/// neither names this machine as the host.
fn may_read(token: Option<&Secret<String>>, request: &Request) -> bool {
    let headers = request.headers();
    match token {
        Some(token) => {
            let given = headers.get(AUTHORIZATION).and_then(|value| bearer_token(value.as_bytes()));
            given.is_some_and(|given| is_equal(given.expose().as_bytes(), token.expose().as_bytes()))
        }
        None => {
            let is_forwarded = headers.contains_key("x-forwarded-for") || headers.contains_key(FORWARDED);
            peer(request).to_canonical().is_loopback() && names_loopback(request) && !is_forwarded
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
    use axum::{body::Body, extract::ConnectInfo};
    use std::net::SocketAddr;

    fn request(peer: &str, headers: &[(&str, &str)]) -> Request {
        let builder = headers.iter().fold(Request::get("/metrics"), |builder, (name, value)| builder.header(*name, *value));
        let mut request = builder.body(Body::empty()).unwrap();
        request.extensions_mut().insert(ConnectInfo(SocketAddr::new(peer.parse().unwrap(), 4_000)));
        request
    }

    #[test]
    fn with_a_token_only_its_holder_may_read_by_any_host() {
        let token = Secret::from("m3trics");
        let may = |peer, headers: &[(&str, &str)]| may_read(Some(&token), &request(peer, headers));
        assert!(may("8.8.8.8", &[("authorization", "Bearer m3trics"), ("host", "app.example")]));
        assert!(!may("127.0.0.1", &[("host", "127.0.0.1")]));
        assert!(!may("127.0.0.1", &[("authorization", "Bearer m3tricz"), ("host", "127.0.0.1")]));
    }

    #[test]
    fn without_a_token_only_this_machine_may_read_by_its_own_name() {
        let may = |peer, headers: &[(&str, &str)]| may_read(None, &request(peer, headers));
        assert!(may("::1", &[("host", "[::1]:3000")]));
        assert!(may("::ffff:127.0.0.1", &[("host", "localhost:3000")]));
        assert!(!may("10.0.0.1", &[("host", "127.0.0.1")]));
        assert!(!may("127.0.0.1", &[("host", "127.0.0.1"), ("x-forwarded-for", "8.8.8.8")]));
        assert!(!may("127.0.0.1", &[("host", "app.example"), ("x-real-ip", "8.8.8.8")]), "through nginx as it comes");
        assert!(!may("127.0.0.1", &[]));
    }
}
