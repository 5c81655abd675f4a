//! A handler that panics is a fault of ours, and costs one request only.

use crate::api::problem::ApiError;
use axum::response::{IntoResponse, Response};
use lexicontract::domain::problem::Problem;
use std::any::Any;

/// The answer to the request whose handler panicked. The panic itself is on standard error already.
pub fn answer(_panic: Box<dyn Any + Send + 'static>) -> Response {
    tracing::error!("a handler panicked");
    ApiError::from(Problem::Internal).into_response()
}
