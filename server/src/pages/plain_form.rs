//! A form that a program sends without saying what it reads gets the answer that a browser gets: a page to go to.
//!
//! The framework leads on only those who ask for `text/html`; browsers do, and islands ask for JSON.

use axum::{extract::Request, middleware::Next, response::Response};
use http::{HeaderMap, HeaderValue, Method, header::ACCEPT};

/// Fills in what such a request leaves open.
pub async fn complete(mut request: Request, next: Next) -> Response {
    if *request.method() == Method::POST && request.uri().path().starts_with("/actions/") && reads_anything(request.headers()) {
        request.headers_mut().insert(ACCEPT, HeaderValue::from_static("text/html"));
    }
    next.run(request).await
}

fn reads_anything(headers: &HeaderMap) -> bool {
    headers.get(ACCEPT).is_none_or(|accept| accept == "*/*")
}
