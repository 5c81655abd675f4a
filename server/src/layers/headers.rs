//! Headers that every answer carries, unless a handler has set its own.

use crate::state::AppState;
use axum::{
    extract::{Request, State},
    middleware::Next,
    response::Response,
};
use http::{HeaderMap, HeaderName, HeaderValue};

/// For everything that is not a page: nothing may be loaded or framed. Pages bring a policy with a nonce.
pub const STRICT_POLICY: &str = "default-src 'none'; frame-ancestors 'none'";

const ALWAYS: [(&str, &str); 9] = [
    ("content-security-policy", STRICT_POLICY),
    ("x-content-type-options", "nosniff"),
    ("x-frame-options", "DENY"),
    // Forms without JavaScript need the referrer on our own pages; nobody else gets one.
    ("referrer-policy", "same-origin"),
    ("cross-origin-opener-policy", "same-origin"),
    ("cross-origin-resource-policy", "same-origin"),
    ("cross-origin-embedder-policy", "require-corp"),
    ("permissions-policy", "camera=(), microphone=(), geolocation=(), payment=(), usb=(), serial=(), clipboard-read=()"),
    ("cache-control", "no-store"),
];
const TWO_YEARS_OF_HTTPS: (&str, &str) = ("strict-transport-security", "max-age=63072000; includeSubDomains");

/// Adds the headers that are missing.
pub async fn secure(State(state): State<AppState>, request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    complete(response.headers_mut(), state.hub.config().is_https());
    response
}

fn complete(headers: &mut HeaderMap, is_https: bool) {
    let https_only = is_https.then_some(TWO_YEARS_OF_HTTPS);
    for (name, value) in ALWAYS.into_iter().chain(https_only) {
        headers.entry(HeaderName::from_static(name)).or_insert(HeaderValue::from_static(value));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn strict_transport_security_is_for_https_only() {
        let mut headers = HeaderMap::new();
        complete(&mut headers, false);
        assert!(!headers.contains_key("strict-transport-security"));
        complete(&mut headers, true);
        assert!(headers.contains_key("strict-transport-security"));
    }

    #[test]
    fn a_header_that_a_handler_has_set_stays() {
        let mut headers = HeaderMap::from_iter([(http::header::CACHE_CONTROL, HeaderValue::from_static("public"))]);
        complete(&mut headers, false);
        assert_eq!(headers["cache-control"], "public");
        assert_eq!(headers["content-security-policy"], STRICT_POLICY);
    }
}
