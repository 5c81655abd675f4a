//! The response to a request whose handler panicked.

use crate::api::problem::ApiError;
use axum::response::{IntoResponse, Response};
use lexicontract::domain::problem::Problem;
use std::any::Any;

/// The log line has no details, because the panic hook has printed the panic to standard error.
pub fn respond(_panic: Box<dyn Any + Send + 'static>) -> Response {
    tracing::error!("a handler panicked");
    ApiError::from(Problem::Internal).into_response()
}
