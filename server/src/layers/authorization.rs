//! Deny by default: what is not on the one list here asks for an identity.

use super::webhook_address;
use crate::{
    api::{health, rejection::Rejection},
    extract::saved_form,
    identity::authentication::Visitor,
    state::AppState,
};
use axum::{
    extract::{Request, State},
    middleware::Next,
    response::Response,
};
use http::{Method, StatusCode, header::ALLOW};
use lexicontract::{
    domain::problem::Problem,
    services::{is_callback_path, is_webhook_path},
};

/// Who may call a path.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Audience {
    /// Programs and files that need no identity; none is looked up.
    Machines,
    /// Anyone; who is signed in is known to the handler.
    Anyone,
    /// Only someone with an identity.
    SignedIn,
}

/// Every open path but those of providers: method, path (`*` at the end for everything below), audience.
pub const OPEN: &[(&str, &str, Audience)] = &[
    ("GET", "/healthz", Audience::Machines),
    ("GET", "/readyz", Audience::Machines),
    ("GET", "/metrics", Audience::Machines),
    ("GET", "/.well-known/security.txt", Audience::Machines),
    ("GET", "/api/openapi.json", Audience::Machines),
    ("GET", "/api/docs", Audience::Machines),
    ("GET", "/api/docs/", Audience::Machines),
    ("GET", "/api/docs/*", Audience::Machines),
    ("GET", "/pkg/*", Audience::Machines),
    ("GET", "/icons/*", Audience::Machines),
    ("GET", "/connectors/*", Audience::Machines),
    ("GET", "/favicon.ico", Audience::Machines),
    ("GET", "/favicon.svg", Audience::Machines),
    ("GET", "/robots.txt", Audience::Machines),
    ("POST", "/api/v1/auth/register", Audience::Machines),
    ("POST", "/api/v1/auth/login", Audience::Machines),
    ("GET", "/login", Audience::Anyone),
    ("GET", "/register", Audience::Anyone),
    ("GET", "/invitations/*", Audience::Anyone),
    ("POST", "/actions/sign_in", Audience::Anyone),
    ("POST", "/actions/register", Audience::Anyone),
    ("POST", "/actions/accept_invitation", Audience::Anyone),
    ("POST", "/actions/set_theme", Audience::Machines),
];

/// Who may call this path.
pub fn audience(method: &Method, path: &str) -> Audience {
    let method = if method == Method::HEAD { "GET" } else { method.as_str() };
    match method {
        "POST" if is_webhook_path(path) => return Audience::Machines,
        "GET" if is_callback_path(path) => return Audience::Anyone,
        _ => {}
    }
    let open = OPEN.iter().find(|(verb, pattern, _)| *verb == method && matches(pattern, path));
    open.map_or(Audience::SignedIn, |(_, _, audience)| *audience)
}

fn matches(pattern: &str, path: &str) -> bool {
    match pattern.strip_suffix('*') {
        Some(prefix) => path.len() > prefix.len() && path.starts_with(prefix),
        None => path == pattern,
    }
}

/// Lets only those in whom the path is for. A request without an identity learns from the answer neither whether a path exists nor which
/// methods it supports, unless it carries what the path itself asks for: the token of the metrics, or a secret of the webhook.
pub async fn admit(State(state): State<AppState>, request: Request, next: Next) -> Response {
    let is_known = request.extensions().get::<Visitor>().is_some_and(|visitor| visitor.0.is_some());
    if is_known
        || audience(request.method(), request.uri().path()) != Audience::SignedIn
        || health::may_read_metrics(&state, &request)
    {
        return next.run(request).await;
    }
    if webhook_address::carries_secret(request.headers()) {
        return webhook_address::answer(&state, request).await;
    }
    match saved_form::is_form(&request) {
        true => saved_form::keep(&state.hub, request).await,
        false => Rejection::of(&request).answer(Problem::NotSignedIn),
    }
}

/// Removes `Allow` from every answer but 405. Routes add it to whatever a layer answers to a method that they do not support, which would show
/// callers without an identity which paths exist.
pub async fn hide_methods(mut response: Response) -> Response {
    if response.status() != StatusCode::METHOD_NOT_ALLOWED {
        response.headers_mut().remove(ALLOW);
    }
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_on_the_list_asks_for_an_identity() {
        for (method, path) in [
            (Method::GET, "/"),
            (Method::GET, "/integrations"),
            (Method::GET, "/pkg/"),
            (Method::POST, "/pkg/x.js"),
            (Method::GET, "/api/v1/integrations/salesforce/webhook"),
            (Method::POST, "/api/v1/auth/logout"),
            (Method::GET, "/loginx"),
            (Method::POST, "/actions/connect"),
            (Method::GET, "/api/docs.json"),
        ] {
            assert_eq!(audience(&method, path), Audience::SignedIn, "{method} {path}");
        }
    }

    #[test]
    fn the_open_paths_are_these_and_no_others() {
        let open: Vec<String> = OPEN.iter().map(|(method, path, _)| format!("{method} {path}")).collect();
        let expected = [
            "GET /healthz",
            "GET /readyz",
            "GET /metrics",
            "GET /.well-known/security.txt",
            "GET /api/openapi.json",
            "GET /api/docs",
            "GET /api/docs/",
            "GET /api/docs/*",
            "GET /pkg/*",
            "GET /icons/*",
            "GET /connectors/*",
            "GET /favicon.ico",
            "GET /favicon.svg",
            "GET /robots.txt",
            "POST /api/v1/auth/register",
            "POST /api/v1/auth/login",
            "GET /login",
            "GET /register",
            "GET /invitations/*",
            "POST /actions/sign_in",
            "POST /actions/register",
            "POST /actions/accept_invitation",
            "POST /actions/set_theme",
        ];
        assert_eq!(open, expected);
    }
}
