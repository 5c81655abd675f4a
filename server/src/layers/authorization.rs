//! Rejects requests without an identity, except requests to open paths.

use super::webhook_address;
use crate::api::operations;
use crate::api::rejection::Rejection;
use crate::extract::saved_form;
use crate::identity::audience::{Audience, audience};
use crate::identity::authentication::Visitor;
use crate::state::AppState;
use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::Response;
use http::StatusCode;
use http::header::ALLOW;
use lexicontract::domain::problem::Problem;

/// Runs the request if it is authorized. The response to another request does not reveal whether the path exists. The only
/// exception is a request with a valid webhook secret.
pub async fn authorize(State(state): State<AppState>, request: Request, next: Next) -> Response {
    let is_identified = request.extensions().get::<Visitor>().is_some_and(|visitor| visitor.0.is_some());
    if is_identified
        || audience(request.method(), request.uri().path()) != Audience::SignedIn
        || operations::may_read_metrics(&state, &request)
    {
        next.run(request).await
    } else if webhook_address::has_secret(&request) {
        webhook_address::respond(&state, request).await
    } else if saved_form::is_form(&request) {
        saved_form::keep(&state.hub, request).await
    } else {
        Rejection::of(&request).into_response(Problem::NotSignedIn)
    }
}

/// Removes `Allow` from every response except 405. For an existing path, axum adds this header even if a layer rejects the
/// request, so the header would reveal which paths exist.
pub async fn remove_allow_header(mut response: Response) -> Response {
    if response.status() != StatusCode::METHOD_NOT_ALLOWED {
        response.headers_mut().remove(ALLOW);
    }
    response
}
