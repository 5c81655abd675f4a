//! Requests that change something must come from our own pages, when it is a browser's cookie that proves the identity.
//!
//! Browsers say where a request comes from in `Sec-Fetch-Site`, older ones in `Origin`, very old ones in `Referer`; pages cannot write
//! any of them. What says nothing is a program that holds a cookie of its own. API tokens and webhook secrets are exempt: no browser
//! adds them on its own.

use crate::{api::rejection::Rejection, identity::authentication::Proof, state::AppState};
use axum::{
    extract::{Request, State},
    middleware::Next,
    response::Response,
};
use http::{
    HeaderMap, HeaderValue, Method, Uri,
    header::{LOCATION, ORIGIN, REFERER},
};
use lexicontract::{domain::problem::Problem, services::is_webhook_path};
use url::Url;

/// Where the server functions are.
const ACTIONS: &str = "/actions/";
/// The parameter in which the framework hands an error on.
const ERROR: &[u8] = b"__err=";
/// Where a request without an identity gets one.
const ENTRANCES: [&str; 2] = ["/api/v1/auth/login", "/api/v1/auth/register"];

/// The path of the page whose form was sent to a server function, as the browser says.
#[derive(Clone)]
pub struct PageBefore(pub String);

/// Refuses what comes from elsewhere, and lets no server function lead there.
pub async fn require_same_origin(State(state): State<AppState>, mut request: Request, next: Next) -> Response {
    let origin = Origin::of(request.headers(), &state.hub.config().public_url);
    if is_refused(&request, origin) {
        return Rejection::of(&request).answer(Problem::CrossOrigin);
    }
    if !request.uri().path().starts_with(ACTIONS) {
        return next.run(request).await;
    }
    // A server function that ends nowhere would lead a form back to where it came from, with an error in the address.
    let referer = request.headers_mut().remove(REFERER);
    if let Some(address) = referer.and_then(|value| value.to_str().ok()?.parse::<Uri>().ok()) {
        request.extensions_mut().insert(PageBefore(address.path().to_owned()));
    }
    without_words_in_the_address(next.run(request).await)
}

/// Leads to the start page where the framework has put an error into the address.
fn without_words_in_the_address(mut response: Response) -> Response {
    let has_words = |address: &HeaderValue| address.as_bytes().windows(ERROR.len()).any(|part| part == ERROR);
    if response.headers().get(LOCATION).is_some_and(has_words) {
        response.headers_mut().insert(LOCATION, HeaderValue::from_static("/"));
    }
    response
}

fn is_refused(request: &Request, origin: Origin) -> bool {
    let is_safe = matches!(*request.method(), Method::GET | Method::HEAD | Method::OPTIONS);
    let path = request.uri().path();
    if is_safe || is_webhook_path(path) {
        return false;
    }
    let proof = request.extensions().get::<Proof>();
    // Without an identity there is nothing to misuse, but at these: another site must not sign a visitor in, either.
    let makes_an_identity = ENTRANCES.contains(&path) || path.starts_with(ACTIONS);
    let is_proof_enough = match proof {
        Some(Proof::Token(_)) => true,
        Some(Proof::Cookie(_)) => false,
        Some(Proof::Nothing) | None => !makes_an_identity,
    };
    !is_proof_enough && origin == Origin::Other
}

/// Where a request says that it comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Origin {
    /// From our own pages.
    Same,
    /// From elsewhere.
    Other,
    /// It does not say.
    Unknown,
}

impl Origin {
    /// Reads the headers of a request to the site at `public_url`.
    pub fn of(headers: &HeaderMap, public_url: &Url) -> Self {
        if let Some(site) = headers.get("sec-fetch-site") {
            return if site == "same-origin" { Self::Same } else { Self::Other };
        }
        let own = public_url.origin();
        let is_own = match (headers.get(ORIGIN), headers.get(REFERER)) {
            (Some(origin), _) => origin.as_bytes() == own.ascii_serialization().as_bytes(),
            (None, Some(page)) => is_page_of(page, public_url),
            (None, None) => return Self::Unknown,
        };
        if is_own { Self::Same } else { Self::Other }
    }
}

/// Whether a request is a navigation of a browser that was started on one of our own pages: for what a GET may start. A typed address, a
/// bookmark, a link from elsewhere, a prefetch, a frame and a script's request are none.
pub fn is_own_navigation(headers: &HeaderMap, public_url: &Url) -> bool {
    let is_own = match headers.get("sec-fetch-site") {
        Some(site) => site == "same-origin",
        None => headers.get(REFERER).is_some_and(|page| is_page_of(page, public_url)),
    };
    let says = |name: &str, value: &str| headers.get_all(name).iter().all(|said| said == value);
    is_own && says("sec-fetch-mode", "navigate") && says("sec-fetch-dest", "document") && !is_prefetch(headers)
}

/// Whether a browser fetches the address before its person asked for it.
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

    fn refused(proof: Proof, path: &str, headers: &[(&str, &str)]) -> bool {
        let mut builder = Request::post(path);
        for (name, value) in headers {
            builder = builder.header(*name, *value);
        }
        let mut request = builder.body(Body::empty()).unwrap();
        request.extensions_mut().insert(proof);
        let origin = Origin::of(request.headers(), &Url::parse("https://app.example").unwrap());
        is_refused(&request, origin)
    }

    fn cookie() -> Proof {
        Proof::Cookie(Secret::from("session"))
    }

    #[test]
    fn a_cookie_counts_only_from_our_own_pages() {
        let path = "/api/v1/tokens";
        for (headers, is_refused) in [
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
            assert_eq!(refused(cookie(), path, headers), is_refused, "{headers:?}");
        }
        assert!(!refused(cookie(), "/actions/connect", &[]));
        assert!(refused(cookie(), "/actions/connect", &[("origin", "null")]));
    }

    #[test]
    fn only_a_navigation_from_our_own_pages_may_start_something() {
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
            let mut builder = Request::get("/");
            for (name, value) in headers {
                builder = builder.header(*name, *value);
            }
            let request = builder.body(Body::empty()).unwrap();
            let public_url = Url::parse("https://app.example").unwrap();
            assert_eq!(is_own_navigation(request.headers(), &public_url), is_own, "{headers:?}");
        }
    }

    #[test]
    fn tokens_and_the_webhook_are_exempt() {
        let foreign = &[("origin", "https://evil.example"), ("sec-fetch-site", "cross-site")];
        assert!(!refused(Proof::Token(Secret::from("token")), "/api/v1/tokens", foreign));
        for webhook in ["/api/v1/integrations/salesforce/webhook", "/api/v1/integrations/salesforce/webhook/"] {
            assert!(!refused(Proof::Nothing, webhook, foreign));
            assert!(!refused(cookie(), webhook, foreign));
        }
    }

    #[test]
    fn signing_in_from_another_site_is_refused_and_from_a_program_is_not() {
        let path = "/api/v1/auth/login";
        assert!(refused(Proof::Nothing, path, &[("origin", "https://evil.example")]));
        assert!(!refused(Proof::Nothing, path, &[]));
        assert!(refused(Proof::Nothing, "/actions/sign_in", &[("sec-fetch-site", "cross-site")]));
        assert!(!refused(Proof::Nothing, "/api/v1/tokens", &[("origin", "https://evil.example")]), "it is told to sign in");
    }
}
