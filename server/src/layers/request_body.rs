//! Reads request bodies before the handlers run, with two exceptions. The handler of a webhook call authenticates the caller
//! before it reads the body. The handler of an upload reads the body in parts, because an upload can be larger than the server's
//! memory.

use crate::api::problem::ApiError;
use crate::api::rejection::Rejection;
use crate::identity::authentication;
use crate::layers::authorization;
use crate::limits::request_body::{BodyTimeouts, MAX_BODY_BYTES, RequestBody, read};
use crate::state::AppState;
use axum::body::{Body, HttpBody};
use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use http::header::CONNECTION;
use http::{HeaderValue, Method};
use lexicontract::services::is_webhook_path;

const UPLOADS: [&str; 3] = ["/api/v1/contracts", "/api/v1/contracts/", "/actions/upload"];

/// True if a POST request to this path contains a file.
fn is_upload(path: &str) -> bool {
    let contract = path.strip_prefix("/api/v1/contracts/").and_then(|rest| rest.strip_suffix("/versions"));
    let contract = contract.or_else(|| path.strip_prefix("/actions/upload_version/"));
    UPLOADS.contains(&path) || contract.is_some_and(|contract| !contract.contains('/'))
}

/// Authenticates and authorizes the request again if the server had to wait for the body, because the user may have been removed,
/// disabled or demoted during the wait.
pub async fn buffer(State(state): State<AppState>, request: Request, next: Next) -> Response {
    let path = request.uri().path();
    let is_streamed = *request.method() == Method::POST && (is_webhook_path(path) || is_upload(path));
    if is_streamed || request.body().is_end_stream() {
        return next.run(request).await;
    }
    let rejection = Rejection::of(&request);
    let (mut parts, body) = request.into_parts();
    let body = match read(body, MAX_BODY_BYTES, BodyTimeouts::of(&parts.extensions)).await {
        Ok(body) => body,
        Err(problem) => {
            let mut response = rejection.into_response(problem);
            // Closes the connection, because the rest of the body would otherwise be read as the next request.
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
