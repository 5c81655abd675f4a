//! Endpoints for load balancers, Prometheus and security researchers.

use super::problem::{ProblemBody, Result};
use crate::identity::authentication::bearer_token;
use crate::layers::client_address::peer;
use crate::layers::host::names_loopback;
use crate::process::metrics;
use crate::state::AppState;
use axum::extract::{Request, State};
use axum::response::IntoResponse;
use http::header::{AUTHORIZATION, CONTENT_TYPE, FORWARDED};
use lexicontract::domain::problem::Problem;
use lexicontract::hub::Hub;
use lexicontract::secret::Secret;
use std::time::Duration;

const PROMETHEUS_TEXT: &str = "text/plain; version=0.0.4; charset=utf-8";
/// Time between a request for `security.txt` and the `Expires` date in the response.
const SECURITY_TXT_LIFETIME: Duration = Duration::from_hours(30 * 24);

/// Liveness check. The status is 200 while the process is running.
#[utoipa::path(get, path = "/healthz", tag = "operations", responses((status = 200, body = String, content_type = "text/plain")))]
pub async fn healthz() -> &'static str {
    "ok\n"
}

/// Readiness check. The status is 200 while the server accepts deliveries, and 503 while the database is not writable. If only
/// the file storage is unavailable, the status is 200 and the body reports the problem, because deliveries are still accepted and
/// their files are fetched later.
#[utoipa::path(get, path = "/readyz", tag = "operations", responses((status = 200, body = String, content_type = "text/plain"),
    (status = 503, description = "The database can't be used", body = ProblemBody, content_type = "application/problem+json")))]
pub async fn readyz(State(state): State<AppState>) -> Result<&'static str> {
    let (database, storage) = (state.hub.clone(), state.hub.clone());
    let (is_ready, has_storage) = tokio::join!(
        state.readiness.is_ready(|| async move { database.can_write().await.is_ok() }),
        state.storage_readiness.is_ready(|| async move { storage.check_storage().await.is_ok() }),
    );
    match (is_ready, has_storage) {
        (true, true) => Ok("ready\n"),
        (true, false) => Ok("ready, but the file storage does not answer as expected; see the log\n"),
        (false, _) => Err(Problem::Unavailable.into()),
    }
}

/// Metrics in the Prometheus format. The caller must send `METRICS_TOKEN`. If no token is configured, only requests from the same
/// machine are allowed.
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

/// True if the request is for the metrics and is authorized to read them.
pub fn may_read_metrics(state: &AppState, request: &Request) -> bool {
    request.uri().path() == "/metrics" && may_read(state.hub.config().metrics_token.as_ref(), request)
}

/// Checks the token. If no token is configured, the request must come from a loopback address, name a loopback host, and have no
/// forwarding headers. The last two conditions reject requests through a local proxy and requests by DNS rebinding, because such
/// requests also come from a loopback address.
fn may_read(token: Option<&Secret<String>>, request: &Request) -> bool {
    let headers = request.headers();
    if let Some(token) = token {
        let given = headers.get(AUTHORIZATION).and_then(|value| bearer_token(value.as_bytes()));
        return given.is_some_and(|given| is_equal(given.expose().as_bytes(), token.expose().as_bytes()));
    }
    let is_forwarded = headers.contains_key("x-forwarded-for") || headers.contains_key(FORWARDED);
    peer(request).to_canonical().is_loopback() && names_loopback(request) && !is_forwarded
}

/// Compares two secrets of equal length in constant time.
fn is_equal(one: &[u8], other: &[u8]) -> bool {
    one.len() == other.len() && one.iter().zip(other).fold(0, |different, (a, b)| different | (a ^ b)) == 0
}

/// Contact for reports of vulnerabilities (RFC 9116). The status is 404 if `SECURITY_CONTACT` is not set.
#[utoipa::path(get, path = "/.well-known/security.txt", tag = "operations",
    responses((status = 200, body = String, content_type = "text/plain"), (status = 404, description = "No contact is configured")))]
pub async fn security_txt(State(hub): State<Hub>) -> Result<impl IntoResponse> {
    let contact = hub.config().security_contact.as_ref().ok_or(Problem::NotFound)?;
    let expires = hub.clock().now() + SECURITY_TXT_LIFETIME;
    let canonical = hub.config().public("/.well-known/security.txt");
    let text = format!("Contact: {contact}\nExpires: {expires}\nPreferred-Languages: en\nCanonical: {canonical}\n");
    Ok(([(CONTENT_TYPE, "text/plain; charset=utf-8")], text))
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::body::Body;
    use axum::extract::ConnectInfo;
    use std::net::SocketAddr;

    fn request(peer: &str, headers: &[(&str, &str)]) -> Request {
        let builder = headers.iter().fold(Request::get("/metrics"), |builder, (name, value)| builder.header(*name, *value));
        let mut request = builder.body(Body::empty()).unwrap();
        request.extensions_mut().insert(ConnectInfo(SocketAddr::new(peer.parse().unwrap(), 4_000)));
        request
    }

    #[test]
    fn the_metrics_require_the_configured_token_or_a_request_from_and_to_loopback() {
        let token = Secret::from("m3trics");
        let local = ("host", "127.0.0.1");
        for (token, peer, headers, expected) in [
            (Some(&token), "8.8.8.8", &[("authorization", "Bearer m3trics"), ("host", "app.example")][..], true),
            (Some(&token), "127.0.0.1", &[local], false),
            (Some(&token), "127.0.0.1", &[("authorization", "Bearer m3tricz"), local], false),
            (None, "::1", &[("host", "[::1]:3000")], true),
            (None, "::ffff:127.0.0.1", &[("host", "localhost:3000")], true),
            (None, "10.0.0.1", &[local], false),
            (None, "127.0.0.1", &[local, ("x-forwarded-for", "8.8.8.8")], false),
            // A local proxy that sends the public host and no forwarding header.
            (None, "127.0.0.1", &[("host", "app.example"), ("x-real-ip", "8.8.8.8")], false),
            (None, "127.0.0.1", &[], false),
        ] {
            assert_eq!(may_read(token, &request(peer, headers)), expected, "{peer} {headers:?}");
        }
    }
}
