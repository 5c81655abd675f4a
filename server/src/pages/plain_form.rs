//! Sets `Accept: text/html` on form submissions that accept any media type, because Leptos responds with a redirect only to
//! clients that accept HTML.

use axum::extract::Request;
use http::header::ACCEPT;
use http::{HeaderValue, Method};

pub async fn set_accept(mut request: Request) -> Request {
    let accepts_anything = request.headers().get(ACCEPT).is_none_or(|accept| accept == "*/*");
    if *request.method() == Method::POST && request.uri().path().starts_with("/actions/") && accepts_anything {
        request.headers_mut().insert(ACCEPT, HeaderValue::from_static("text/html"));
    }
    request
}
