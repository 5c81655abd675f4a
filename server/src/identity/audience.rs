//! Paths that are open to callers without an identity.

use http::Method;
use lexicontract::services::{is_callback_path, is_webhook_path};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Audience {
    /// Every caller. The server does not identify the caller.
    Machines,
    /// Every caller. The handler receives the signed-in user, if any.
    Anyone,
    /// Only users and API tokens.
    SignedIn,
}

/// All open paths except the paths that providers call. A pattern that ends with `*` includes all paths with this prefix.
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
    ("GET", "/connect", Audience::Anyone),
    ("GET", "/connect/*", Audience::Anyone),
    ("POST", "/actions/sign_in", Audience::Anyone),
    ("POST", "/actions/register", Audience::Anyone),
    ("POST", "/actions/accept_invitation", Audience::Anyone),
    ("POST", "/actions/start_connect_link", Audience::Anyone),
    ("POST", "/actions/set_theme", Audience::Machines),
];

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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_that_is_not_listed_requires_an_identity() {
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
}
