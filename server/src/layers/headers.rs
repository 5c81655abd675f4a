//! Adds security headers to every response. Keeps headers that the handler has set.

use axum::extract::State;
use axum::response::Response;
use http::{HeaderName, HeaderValue};
use lexicontract::hub::Hub;

/// Content security policy for all responses except pages, which set a policy with a nonce.
pub const STRICT_POLICY: &str = "default-src 'none'; frame-ancestors 'none'";

const ALWAYS: [(&str, &str); 9] = [
    ("content-security-policy", STRICT_POLICY),
    ("x-content-type-options", "nosniff"),
    ("x-frame-options", "DENY"),
    // Forms without JavaScript use the referrer to return to their page.
    ("referrer-policy", "same-origin"),
    ("cross-origin-opener-policy", "same-origin"),
    ("cross-origin-resource-policy", "same-origin"),
    ("cross-origin-embedder-policy", "require-corp"),
    ("permissions-policy", "camera=(), microphone=(), geolocation=(), payment=(), usb=(), serial=(), clipboard-read=()"),
    ("cache-control", "no-store"),
];
const STRICT_TRANSPORT_SECURITY: (&str, &str) = ("strict-transport-security", "max-age=63072000; includeSubDomains");

pub async fn add(State(hub): State<Hub>, mut response: Response) -> Response {
    let https_only = hub.config().is_https().then_some(STRICT_TRANSPORT_SECURITY);
    for (name, value) in ALWAYS.into_iter().chain(https_only) {
        response.headers_mut().entry(HeaderName::from_static(name)).or_insert(HeaderValue::from_static(value));
    }
    response
}
