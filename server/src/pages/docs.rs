//! The API documentation: the OpenAPI document and Swagger UI, embedded in the binary.

use crate::state::AppState;
use axum::Router;
use axum::middleware::map_response;
use axum::response::Response;
use axum::routing::get;
use http::HeaderValue;
use http::header::CONTENT_SECURITY_POLICY;
use std::sync::Arc;
use utoipa::openapi::OpenApi;
use utoipa_swagger_ui::{Config, SwaggerUi};

pub const DOCUMENT_PATH: &str = "/api/openapi.json";

/// Content security policy that allows Swagger UI's inline styles and its images with data URLs.
const POLICY: HeaderValue = HeaderValue::from_static(
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; connect-src 'self'; \
     font-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'",
);

pub fn routes(document: OpenApi) -> Router<AppState> {
    let document = Arc::new(document);
    let pages: Router<AppState> = SwaggerUi::new("/api/docs").config(Config::from(DOCUMENT_PATH)).into();
    let pages = pages.layer(map_response(|mut response: Response| async move {
        response.headers_mut().insert(CONTENT_SECURITY_POLICY, POLICY);
        response
    }));
    pages.route(DOCUMENT_PATH, get(move || async move { axum::Json(document) }))
}
