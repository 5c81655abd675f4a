//! One log line and two measurements for each request: method, route, status, time. Never a query, a header or a body.

use axum::{
    extract::{MatchedPath, Request},
    middleware::Next,
    response::Response,
};
use http::{HeaderMap, HeaderName, HeaderValue, Method};
use std::time::Instant;
use tracing::Instrument;
use uuid::Uuid;

/// The header with the request's id, of requests (one is added when there is none) and of answers.
pub const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");
/// Stands for every path that no route knows: the paths themselves would be an endless number of time series.
const UNKNOWN_ROUTE: &str = "unknown";

/// Gives the request an id, runs it, and tells what became of it.
pub async fn observe(mut request: Request, next: Next) -> Response {
    let began = Instant::now();
    let id = request_id(request.headers());
    let method = method_label(request.method());
    let route = request.extensions().get::<MatchedPath>().map_or(UNKNOWN_ROUTE.to_owned(), |path| path.as_str().to_owned());
    request.headers_mut().insert(REQUEST_ID, id.clone());
    let span = tracing::info_span!("request", id = id.to_str().unwrap_or_default());
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

/// The id a proxy in front has given, when it is a short plain word; else a new one.
fn request_id(headers: &HeaderMap) -> HeaderValue {
    let is_plain = |value: &&HeaderValue| {
        let bytes = value.as_bytes();
        (1..=64).contains(&bytes.len()) && bytes.iter().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'))
    };
    let given = headers.get(REQUEST_ID).filter(is_plain).cloned();
    given.unwrap_or_else(|| HeaderValue::from_str(&Uuid::now_v7().to_string()).expect("a UUID is hexadecimal digits and hyphens"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn id_for(given: &str) -> HeaderValue {
        request_id(&HeaderMap::from_iter([(REQUEST_ID, HeaderValue::from_str(given).unwrap())]))
    }

    #[test]
    fn only_a_short_plain_id_is_taken_over() {
        assert_eq!(id_for("abc-123_X"), "abc-123_X");
        for given in ["", "a b", "x\"}", &"a".repeat(65)] {
            assert_eq!(id_for(given).len(), 36, "{given}");
        }
    }
}
