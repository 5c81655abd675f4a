//! The addresses of the page.

use std::sync::Arc;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::routing::{get, post};

use super::{actions, home};
use crate::state::organization::Organization;

const MOST_BYTES: usize = 64 * 1_024 * 1_024;

/// The page and the targets of its forms.
pub fn routes() -> Router<Arc<Organization>> {
    Router::new()
        .route("/", get(home::page))
        .route("/opportunities/{id}/stage", post(actions::change_stage))
        .route("/opportunities/{id}/files", post(actions::attach))
        .route("/webhook", post(actions::save_webhook))
        .layer(DefaultBodyLimit::max(MOST_BYTES))
}
