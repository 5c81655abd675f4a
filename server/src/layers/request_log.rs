//! One log line and two metrics per request: method, route, status, time. Queries, headers and bodies are never logged.

use axum::extract::{MatchedPath, Request};
use axum::middleware::Next;
use axum::response::Response;
use http::{HeaderMap, HeaderName, HeaderValue, Method};
use std::time::Instant;
use tracing::{Instrument, field};
use uuid::Uuid;

/// Header for request ids. A response contains the id that the server assigned. A request can contain an id that the client chose.
pub const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");
const MAX_CLIENT_ID_BYTES: usize = 128;
/// Shared label of all unknown paths. A label for each path would let clients create an unlimited number of time series.
const UNKNOWN_ROUTE: &str = "unknown";

/// The request id from the client or a proxy. The id is logged beside the server's id, because clients can send any value.
#[derive(Clone, Debug)]
pub struct ClientRequestId(pub String);

pub async fn observe(mut request: Request, next: Next) -> Response {
    let started = Instant::now();
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

    let (status, took) = (response.status().as_u16(), started.elapsed());
    span.in_scope(|| tracing::info!(method, route, status, ms = took.as_secs_f64() * 1_000.0, "{method} {route} {status}"));
    metrics::counter!("http_requests_total", "method" => method, "route" => route.clone(), "status" => status.to_string())
        .increment(1);
    metrics::histogram!("http_request_duration_seconds", "method" => method, "route" => route).record(took.as_secs_f64());
    response.headers_mut().insert(REQUEST_ID, id);
    response
}

/// Unusual methods share one label, because clients can send any method.
fn method_label(method: &Method) -> &'static str {
    let usual = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"];
    usual.into_iter().find(|name| *name == method.as_str()).unwrap_or("OTHER")
}

pub fn pattern(route: Option<&MatchedPath>) -> &str {
    route.map_or(UNKNOWN_ROUTE, MatchedPath::as_str)
}

/// Ignores ids that are long or contain other characters than visible ASCII.
fn client_request_id(headers: &HeaderMap) -> Option<String> {
    let given = headers.get(REQUEST_ID)?.as_bytes();
    let is_plain = (1..=MAX_CLIENT_ID_BYTES).contains(&given.len()) && given.iter().all(u8::is_ascii_graphic);
    is_plain.then(|| String::from_utf8_lossy(given).into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_short_visible_client_id_is_kept() {
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
