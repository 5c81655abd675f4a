//! The pages and server functions of `app`.

use crate::{api::upload, problem::Failure, state::AppState};
use axum::{
    Router,
    extract::Request,
    response::{IntoResponse, Response},
    routing::post,
};
use lexicontract::domain::problem::Problem;

/// Pages, server functions, and what answers for addresses that nobody knows.
pub fn routes(_state: &AppState) -> Router<AppState> {
    Router::new().route("/actions/upload", post(upload::create_from_form)).fallback(unknown)
}

/// An address that nobody knows: a problem below `/api`, else a page.
async fn unknown(request: Request) -> Response {
    let _path = request.uri().path();
    Failure(Problem::NotFound).into_response()
}
