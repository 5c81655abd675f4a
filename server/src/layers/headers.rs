//! Security headers for every response. A header that the handler has set is kept.

use axum::{extract::State, response::Response};
use http::{HeaderMap, HeaderName, HeaderValue};
use lexicontract::hub::Hub;

/// Content security policy for all responses except pages, which set a policy with a nonce.
pub const STRICT_POLICY: &str = "default-src 'none'; frame-ancestors 'none'";

const ALWAYS: [(&str, &str); 9] = [
    ("content-security-policy", STRICT_POLICY),
    ("x-content-type-options", "nosniff"),
    ("x-frame-options", "DENY"),
    // If JavaScript is disabled, forms need the referrer within the site to return to their page.
    ("referrer-policy", "same-origin"),
    ("cross-origin-opener-policy", "same-origin"),
    ("cross-origin-resource-policy", "same-origin"),
    ("cross-origin-embedder-policy", "require-corp"),
    ("permissions-policy", "camera=(), microphone=(), geolocation=(), payment=(), usb=(), serial=(), clipboard-read=()"),
    ("cache-control", "no-store"),
];
const STRICT_TRANSPORT_SECURITY: (&str, &str) = ("strict-transport-security", "max-age=63072000; includeSubDomains");

pub async fn add(State(hub): State<Hub>, mut response: Response) -> Response {
    add_missing(response.headers_mut(), hub.config().is_https());
    response
}

fn add_missing(headers: &mut HeaderMap, is_https: bool) {
    let https_only = is_https.then_some(STRICT_TRANSPORT_SECURITY);
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
        add_missing(&mut headers, false);
        assert!(!headers.contains_key("strict-transport-security"));
        add_missing(&mut headers, true);
        assert!(headers.contains_key("strict-transport-security"));
    }

    #[test]
    fn a_header_set_by_a_handler_is_kept() {
        let mut headers = HeaderMap::from_iter([(http::header::CACHE_CONTROL, HeaderValue::from_static("public"))]);
        add_missing(&mut headers, false);
        assert_eq!(headers["cache-control"], "public");
        assert_eq!(headers["content-security-policy"], STRICT_POLICY);
    }
}
