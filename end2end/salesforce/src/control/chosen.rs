//! Extractor for the organization that a control request concerns. `?org=production` and `?org=sandbox` select an organization.
//! The default is the organization whose port received the request.

use crate::simulator::Organizations;
use crate::state::organization::{Environment, Organization};
use axum::Json;
use axum::extract::FromRequestParts;
use axum::response::{IntoResponse, Response};
use http::StatusCode;
use http::request::Parts;
use serde_json::json;
use std::sync::Arc;

#[derive(Clone, Debug)]
pub struct Control {
    pub organizations: Organizations,
    /// The organization whose port received the request.
    pub own: Arc<Organization>,
}

#[derive(Debug)]
pub struct Chosen(pub Arc<Organization>);

impl FromRequestParts<Control> for Chosen {
    type Rejection = Rejection;

    async fn from_request_parts(parts: &mut Parts, control: &Control) -> Result<Self, Rejection> {
        let query = parts.uri.query().unwrap_or_default();
        let wanted = url::form_urlencoded::parse(query.as_bytes()).find(|(name, _)| name == "org");
        match wanted.as_ref().map(|(_, value)| value.as_ref()) {
            None => Ok(Chosen(Arc::clone(&control.own))),
            Some(name) if name == Environment::Production.name() => Ok(Chosen(Arc::clone(&control.organizations.production))),
            Some(name) if name == Environment::Sandbox.name() => Ok(Chosen(Arc::clone(&control.organizations.sandbox))),
            Some(_) => Err(Rejection::bad("`org` is `production` or `sandbox`")),
        }
    }
}

#[derive(Debug)]
pub struct Rejection(StatusCode, String);

impl Rejection {
    pub fn bad(message: impl Into<String>) -> Self {
        Rejection(StatusCode::BAD_REQUEST, message.into())
    }

    pub fn not_found(message: impl Into<String>) -> Self {
        Rejection(StatusCode::NOT_FOUND, message.into())
    }
}

impl IntoResponse for Rejection {
    fn into_response(self) -> Response {
        (self.0, Json(json!({ "error": self.1 }))).into_response()
    }
}
