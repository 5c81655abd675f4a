//! Runs each request in a separate task, because hyper drops the handler if the client disconnects.
//!
//! If a handler is dropped while `BEGIN` executes, a connection with an open transaction returns to the pool. Later writes on
//! this connection are acknowledged but lost (measured with SQLite and PostgreSQL).

use crate::api::problem::ApiError;
use crate::state::AppState;
use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use lexicontract::domain::problem::Problem;

/// Runs the request in a task of [`AppState`]'s tracker, so that a shutdown waits for the request.
pub async fn detach(State(state): State<AppState>, request: Request, next: Next) -> Response {
    state.requests.spawn(next.run(request)).await.unwrap_or_else(|error| {
        tracing::error!(%error, "the task of a request ended without a response");
        ApiError::from(Problem::Internal).into_response()
    })
}
