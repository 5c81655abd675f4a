//! Protection against cross-site request forgery. Unsafe requests with a session cookie must come from pages of this site.
//!
//! Browsers send the origin of a request in `Sec-Fetch-Site`, older browsers in `Origin` or `Referer`. Scripts cannot set these
//! headers, and a request without them does not come from a browser. Requests with an API token or a webhook secret are exempt,
//! because browsers do not add such credentials automatically.

use crate::api::rejection::Rejection;
use crate::identity::authentication::Credential;
use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::Response;
use http::header::{LOCATION, ORIGIN, REFERER};
use http::{HeaderMap, HeaderValue, Method, Uri};
use lexicontract::domain::problem::Problem;
use lexicontract::hub::Hub;
use lexicontract::services::is_webhook_path;
use url::Url;

const ACTIONS: &str = "/actions/";
/// Query parameter in which Leptos passes an error to the next page.
const ERROR: &[u8] = b"__err=";
const SIGN_IN: [&str; 2] = ["/api/v1/auth/login", "/api/v1/auth/register"];

/// Path of the page whose form was submitted to a server function, from `Referer`.
#[derive(Clone)]
pub struct PageBefore(pub String);

/// Rejects cross-origin requests. If a server function redirects to an address with Leptos's error parameter, redirects to `/`
/// instead.
pub async fn require_same_origin(State(hub): State<Hub>, mut request: Request, next: Next) -> Response {
    if is_rejected(&request, &hub.config().public_url) {
        return Rejection::of(&request).into_response(Problem::CrossOrigin);
    }
    if !request.uri().path().starts_with(ACTIONS) {
        return next.run(request).await;
    }
    // Removes `Referer`, because Leptos would redirect a failed form to that address and add the error to it.
    let referer = request.headers_mut().remove(REFERER);
    if let Some(address) = referer.and_then(|value| value.to_str().ok()?.parse::<Uri>().ok()) {
        request.extensions_mut().insert(PageBefore(address.path().to_owned()));
    }
    let mut response = next.run(request).await;
    let has_error = |address: &HeaderValue| address.as_bytes().windows(ERROR.len()).any(|part| part == ERROR);
    if response.headers().get(LOCATION).is_some_and(has_error) {
        response.headers_mut().insert(LOCATION, HeaderValue::from_static("/"));
    }
    response
}

fn is_rejected(request: &Request, public_url: &Url) -> bool {
    let is_safe = matches!(*request.method(), Method::GET | Method::HEAD | Method::OPTIONS);
    let path = request.uri().path();
    if is_safe || is_webhook_path(path) {
        return false;
    }
    let needs_own_origin = match request.extensions().get::<Credential>() {
        Some(Credential::Token(_)) => false,
        Some(Credential::Cookie(_)) => true,
        // A cross-site request must not be able to sign a user in.
        Some(Credential::None) | None => SIGN_IN.contains(&path) || path.starts_with(ACTIONS),
    };
    needs_own_origin && is_same_origin(request.headers(), public_url) == Some(false)
}

/// True if a request comes from a page of this site. `None` if the headers do not contain the origin.
fn is_same_origin(headers: &HeaderMap, public_url: &Url) -> Option<bool> {
    if let Some(site) = headers.get("sec-fetch-site") {
        return Some(site == "same-origin");
    }
    match (headers.get(ORIGIN), headers.get(REFERER)) {
        (Some(origin), _) => Some(origin.as_bytes() == public_url.origin().ascii_serialization().as_bytes()),
        (None, Some(page)) => Some(is_page_of(page, public_url)),
        (None, None) => None,
    }
}

/// True if the user navigated from a page of this site. False for typed addresses, bookmarks, links from other sites, prefetches,
/// frames and requests by scripts.
pub fn is_own_navigation(headers: &HeaderMap, public_url: &Url) -> bool {
    let is_own = match headers.get("sec-fetch-site") {
        Some(site) => site == "same-origin",
        None => headers.get(REFERER).is_some_and(|page| is_page_of(page, public_url)),
    };
    let says = |name: &str, value: &str| headers.get_all(name).iter().all(|said| said == value);
    is_own && says("sec-fetch-mode", "navigate") && says("sec-fetch-dest", "document") && !is_prefetch(headers)
}

/// True if a browser loads the address before the user opens it.
pub fn is_prefetch(headers: &HeaderMap) -> bool {
    ["sec-purpose", "purpose", "x-moz"].iter().any(|name| headers.contains_key(*name))
}

fn is_page_of(page: &HeaderValue, public_url: &Url) -> bool {
    page.to_str().is_ok_and(|page| Url::parse(page).is_ok_and(|page| page.origin() == public_url.origin()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::body::Body;
    use lexicontract::secret::Secret;

    fn request(path: &str, headers: &[(&str, &str)]) -> Request {
        let builder = headers.iter().fold(Request::post(path), |builder, (name, value)| builder.header(*name, *value));
        builder.body(Body::empty()).unwrap()
    }

    fn public_url() -> Url {
        Url::parse("https://app.example").unwrap()
    }

    fn is_rejected(credential: Credential, path: &str, headers: &[(&str, &str)]) -> bool {
        let mut request = request(path, headers);
        request.extensions_mut().insert(credential);
        super::is_rejected(&request, &public_url())
    }

    fn cookie() -> Credential {
        Credential::Cookie(Secret::from("session"))
    }

    #[test]
    fn a_cookie_is_accepted_only_from_the_same_origin() {
        let path = "/api/v1/tokens";
        for (headers, expected) in [
            (&[("sec-fetch-site", "same-origin")][..], false),
            (&[("sec-fetch-site", "same-site")], true),
            (&[("sec-fetch-site", "cross-site")], true),
            (&[("sec-fetch-site", "none")], true),
            (&[("sec-fetch-site", "cross-site"), ("origin", "https://app.example")], true),
            (&[("origin", "https://app.example")], false),
            (&[("origin", "https://app.example:8443")], true),
            (&[("origin", "http://app.example")], true),
            (&[("origin", "https://app.example.evil.example")], true),
            (&[("origin", "null")], true),
            (&[("origin", "https://app.example"), ("referer", "https://evil.example/")], false),
            (&[("referer", "https://app.example/team")], false),
            (&[("referer", "https://evil.example/app.example")], true),
            (&[("referer", "/team")], true),
            (&[], false),
        ] {
            assert_eq!(is_rejected(cookie(), path, headers), expected, "{headers:?}");
        }
        assert!(!is_rejected(cookie(), "/actions/connect", &[]));
        assert!(is_rejected(cookie(), "/actions/connect", &[("origin", "null")]));
    }

    #[test]
    fn only_a_navigation_from_the_same_origin_is_an_own_navigation() {
        let own = ("sec-fetch-site", "same-origin");
        for (headers, is_own) in [
            (&[own][..], true),
            (&[own, ("sec-fetch-mode", "navigate"), ("sec-fetch-dest", "document"), ("sec-fetch-user", "?1")], true),
            (&[("referer", "https://app.example/integrations")], true),
            (&[], false),
            (&[("sec-fetch-site", "none")], false),
            (&[("sec-fetch-site", "same-site")], false),
            (&[("sec-fetch-site", "cross-site")], false),
            (&[("sec-fetch-site", "")], false),
            (&[("sec-fetch-site", "none"), ("referer", "https://app.example/")], false),
            (&[("sec-fetch-site", "cross-site"), ("referer", "https://app.example/")], false),
            (&[("referer", "https://evil.example/?https://app.example/")], false),
            (&[("referer", "https://app.example.evil.example/")], false),
            (&[("referer", "http://app.example/")], false),
            (&[("referer", "https://app.example:8443/")], false),
            (&[("referer", "/integrations")], false),
            (&[("origin", "https://app.example")], false),
            (&[own, ("sec-fetch-mode", "no-cors")], false),
            (&[own, ("sec-fetch-mode", "cors"), ("sec-fetch-dest", "empty")], false),
            (&[own, ("sec-fetch-mode", "navigate"), ("sec-fetch-dest", "iframe")], false),
            (&[own, ("sec-fetch-mode", "navigate"), ("sec-fetch-dest", "object")], false),
            (&[own, ("sec-fetch-dest", "image")], false),
            (&[own, ("sec-fetch-dest", "document"), ("sec-fetch-dest", "iframe")], false),
            (&[own, ("sec-purpose", "prefetch")], false),
            (&[own, ("sec-purpose", "prefetch;prerender")], false),
            (&[own, ("purpose", "prefetch")], false),
            (&[own, ("x-moz", "prefetch")], false),
        ] {
            assert_eq!(is_own_navigation(request("/", headers).headers(), &public_url()), is_own, "{headers:?}");
        }
    }

    #[test]
    fn tokens_and_the_webhook_are_exempt_and_sign_in_is_not() {
        let foreign = &[("origin", "https://evil.example"), ("sec-fetch-site", "cross-site")];
        assert!(!is_rejected(Credential::Token(Secret::from("token")), "/api/v1/tokens", foreign));
        for webhook in ["/api/v1/integrations/salesforce/webhook", "/api/v1/integrations/salesforce/webhook/"] {
            assert!(!is_rejected(Credential::None, webhook, foreign));
            assert!(!is_rejected(cookie(), webhook, foreign));
        }
        let path = "/api/v1/auth/login";
        assert!(is_rejected(Credential::None, path, &[("origin", "https://evil.example")]));
        assert!(!is_rejected(Credential::None, path, &[]));
        assert!(is_rejected(Credential::None, "/actions/sign_in", &[("sec-fetch-site", "cross-site")]));
        assert!(!is_rejected(Credential::None, "/api/v1/tokens", &[("origin", "https://evil.example")]), "it gets 401 later");
    }
}
