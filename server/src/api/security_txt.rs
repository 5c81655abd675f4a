//! Where to report a weakness (RFC 9116).

use super::problem::Result;
use crate::state::AppState;
use axum::{extract::State, response::IntoResponse};
use http::header::CONTENT_TYPE;
use lexicontract::domain::problem::Problem;
use std::time::Duration;

/// The file is generated for each request, so it is never older than this.
const VALID: Duration = Duration::from_hours(30 * 24);

/// How to report a weakness of this installation; 404 while `SECURITY_CONTACT` is not set.
#[utoipa::path(
    get,
    path = "/.well-known/security.txt",
    tag = "operations",
    responses((status = 200, body = String, content_type = "text/plain"), (status = 404, description = "No contact is configured"))
)]
pub async fn security_txt(State(state): State<AppState>) -> Result<impl IntoResponse> {
    let config = state.hub.config();
    let Some(contact) = &config.security_contact else { return Err(Problem::NotFound.into()) };
    let expires = state.hub.clock().now() + VALID;
    let canonical = config.public("/.well-known/security.txt");
    let text = format!("Contact: {contact}\nExpires: {expires}\nPreferred-Languages: en\nCanonical: {canonical}\n");
    Ok(([(CONTENT_TYPE, "text/plain; charset=utf-8")], text))
}
