//! One log line and two measurements for each request: method, route, status, time. Never a query, a header or a body.

use axum::{
    extract::{MatchedPath, Request},
    middleware::Next,
    response::Response,
};
use http::{HeaderMap, HeaderName, HeaderValue, Method};
use std::time::Instant;
use tracing::{Instrument, field};
use uuid::Uuid;

/// The header of request ids: responses carry the server's own, requests may carry the client's.
pub const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");
/// The longest id of a client that is kept.
const MAX_CLIENT_ID_BYTES: usize = 128;
/// Stands for every path that no route knows: the paths themselves would be an endless number of time series.
const UNKNOWN_ROUTE: &str = "unknown";

/// The id that the client, or a proxy in front, gave the request. Kept beside our own id, never instead of it, because a client can send any
/// value.
#[derive(Clone, Debug)]
pub struct ClientRequestId(pub String);

/// Gives the request an id, runs it, and tells what became of it.
pub async fn observe(mut request: Request, next: Next) -> Response {
    let began = Instant::now();
    let id = HeaderValue::from_str(&Uuid::now_v7().to_string()).expect("a UUID is hexadecimal digits and hyphens");
    let client_id = client_request_id(request.headers());
    let method = method_label(request.method());
    let route = pattern(request.extensions().get()).to_owned();
    request.headers_mut().insert(REQUEST_ID, id.clone());
    let span = tracing::info_span!("request", id = id.to_str().unwrap_or_default(), client_request_id = field::Empty);
    if let Some(client_id) = client_id {
        span.record("client_request_id", client_id.as_str());
        request.extensions_mut().insert(ClientRequestId(client_id));
    }
    let mut response = next.run(request).instrument(span.clone()).await;

    let (status, took) = (response.status().as_u16(), began.elapsed());
    span.in_scope(|| tracing::info!(method, route, status, ms = took.as_secs_f64() * 1_000.0, "{method} {route} {status}"));
    metrics::counter!("http_requests_total", "method" => method, "route" => route.clone(), "status" => status.to_string())
        .increment(1);
    metrics::histogram!("http_request_duration_seconds", "method" => method, "route" => route).record(took.as_secs_f64());
    response.headers_mut().insert(REQUEST_ID, id);
    response
}

/// Anyone can invent methods; only the usual ones are told apart.
fn method_label(method: &Method) -> &'static str {
    let usual = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"];
    usual.into_iter().find(|name| *name == method.as_str()).unwrap_or("OTHER")
}

/// The pattern of a route; never a path.
pub fn pattern(route: Option<&MatchedPath>) -> &str {
    route.map_or(UNKNOWN_ROUTE, MatchedPath::as_str)
}

/// The client's id of a request, when it is short and of visible ASCII characters.
fn client_request_id(headers: &HeaderMap) -> Option<String> {
    let given = headers.get(REQUEST_ID)?.as_bytes();
    let is_plain = (1..=MAX_CLIENT_ID_BYTES).contains(&given.len()) && given.iter().all(u8::is_ascii_graphic);
    is_plain.then(|| String::from_utf8_lossy(given).into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_short_visible_id_of_a_client_is_kept() {
        let kept = |given: &str| client_request_id(&HeaderMap::from_iter([(REQUEST_ID, HeaderValue::from_str(given).unwrap())]));
        for given in ["abc-123_X", "{\"a\":1}", &"a".repeat(128)] {
            assert_eq!(kept(given).as_deref(), Some(given));
        }
        for given in ["", "a b", "tab\tbed", &"a".repeat(129)] {
            assert_eq!(kept(given), None, "{given}");
        }
        let bytes = HeaderValue::from_bytes(b"caf\xc3\xa9").unwrap();
        assert_eq!(client_request_id(&HeaderMap::from_iter([(REQUEST_ID, bytes)])), None);
    }
}
