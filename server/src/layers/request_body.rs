//! Reads request bodies before any handler runs, with limits on size and time.
//!
//! The handlers of webhooks and uploads read their bodies themselves: a webhook call is authenticated first, and a file can be
//! larger than the memory.

use crate::{
    api::{problem::ApiError, rejection::Rejection},
    identity::authentication,
    layers::authorization,
    limits::request_body::{BodyTimeouts, MAX_BODY_BYTES, RequestBody, read},
    state::AppState,
};
use axum::{
    body::{Body, HttpBody},
    extract::{Request, State},
    middleware::Next,
    response::{IntoResponse, Response},
};
use http::{HeaderValue, Method, header::CONNECTION};
use lexicontract::services::is_webhook_path;

/// Paths of the uploads. The method is always POST.
const UPLOADS: [&str; 3] = ["/api/v1/contracts", "/api/v1/contracts/", "/actions/upload"];

/// Reads the body. If the server had to wait for the body, authenticates and authorizes the request again, because the user may
/// have been removed, disabled or demoted during this time.
pub async fn buffer(State(state): State<AppState>, request: Request, next: Next) -> Response {
    if request.body().is_end_stream() || is_streamed(request.method(), request.uri().path()) {
        return next.run(request).await;
    }
    let rejection = Rejection::of(&request);
    let (mut parts, body) = request.into_parts();
    let body = match read(body, MAX_BODY_BYTES, BodyTimeouts::of(&parts.extensions)).await {
        Ok(body) => body,
        Err(problem) => {
            let mut response = rejection.into_response(problem);
            // Closes the connection. Otherwise the rest of the body would be read as the next request.
            response.headers_mut().insert(CONNECTION, HeaderValue::from_static("close"));
            return response;
        }
    };
    parts.extensions.insert(RequestBody(body.bytes.clone()));
    let mut request = Request::from_parts(parts, Body::from(body.bytes));
    if !body.was_awaited {
        return next.run(request).await;
    }
    match authentication::identify(&state.hub, &mut request).await {
        Ok(()) => authorization::authorize(State(state), request, next).await,
        Err(error) => ApiError::from(error).into_response(),
    }
}

fn is_streamed(method: &Method, path: &str) -> bool {
    *method == Method::POST && (is_webhook_path(path) || UPLOADS.contains(&path))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_webhook_and_uploads_read_their_own_bodies() {
        for webhook in ["/api/v1/integrations/salesforce/webhook", "/api/v1/integrations/salesforce/webhook/"] {
            assert!(is_streamed(&Method::POST, webhook) && !is_streamed(&Method::GET, webhook), "{webhook}");
        }
        assert!(is_streamed(&Method::POST, "/actions/upload"));
        assert!(!is_streamed(&Method::GET, "/api/v1/contracts") && !is_streamed(&Method::POST, "/actions/set_theme"));
    }
}
