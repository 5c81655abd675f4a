//! Requests that a hanging-up client cannot cut short.
//!
//! The server drops a handler when its client goes away. A handler dropped in the middle of `BEGIN` hands a pooled connection
//! back with an open transaction, and what others write through it afterwards is acknowledged and lost (measured with SQLite
//! and PostgreSQL). So each request runs in a task of its own to its end; only the waiting for the answer is cut short.

use crate::{api::problem::ApiError, state::AppState};
use axum::{
    extract::{Request, State},
    middleware::Next,
    response::{IntoResponse, Response},
};
use lexicontract::domain::problem::Problem;

/// Runs the rest in a task that a shutdown waits for.
pub async fn run_to_the_end(State(state): State<AppState>, request: Request, next: Next) -> Response {
    let answer = state.requests.spawn(next.run(request)).await;
    answer.unwrap_or_else(|error| {
        tracing::error!(%error, "a request's task ended without an answer");
        ApiError::from(Problem::Internal).into_response()
    })
}
