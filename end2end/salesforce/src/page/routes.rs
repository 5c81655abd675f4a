use super::{actions, home};
use crate::state::organization::Organization;
use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::routing::{get, post};
use std::sync::Arc;

const MAX_BYTES: usize = 64 * 1_024 * 1_024;

pub fn routes() -> Router<Arc<Organization>> {
    Router::new()
        .route("/", get(home::page))
        .route("/opportunities/{id}/stage", post(actions::change_stage))
        .route("/opportunities/{id}/files", post(actions::attach))
        .route("/webhook", post(actions::save_webhook))
        .layer(DefaultBodyLimit::max(MAX_BYTES))
}
