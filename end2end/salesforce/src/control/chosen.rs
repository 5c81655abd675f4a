//! Which organization a call means: `?org=production` or `?org=sandbox`, else the one whose port was called.

use std::sync::Arc;

use axum::Json;
use axum::extract::FromRequestParts;
use axum::response::{IntoResponse, Response};
use http::StatusCode;
use http::request::Parts;
use serde_json::json;

use crate::simulator::World;
use crate::state::organization::{Environment, Organization};

/// Both organizations, and the one whose port was called.
#[derive(Clone, Debug)]
pub struct Control {
    /// Both.
    pub world: World,
    /// The one called.
    pub own: Arc<Organization>,
}

/// The organization that a call means.
#[derive(Debug)]
pub struct Chosen(pub Arc<Organization>);

impl FromRequestParts<Control> for Chosen {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, control: &Control) -> Result<Self, Refusal> {
        let query = parts.uri.query().unwrap_or_default();
        let wanted = url::form_urlencoded::parse(query.as_bytes()).find(|(name, _)| name == "org");
        match wanted.as_ref().map(|(_, value)| value.as_ref()) {
            None => Ok(Chosen(Arc::clone(&control.own))),
            Some(name) if name == Environment::Production.name() => Ok(Chosen(Arc::clone(&control.world.production))),
            Some(name) if name == Environment::Sandbox.name() => Ok(Chosen(Arc::clone(&control.world.sandbox))),
            Some(_) => Err(Refusal::bad("`org` is `production` or `sandbox`")),
        }
    }
}

/// A call that can't be done.
#[derive(Debug)]
pub struct Refusal(StatusCode, String);

impl Refusal {
    /// Status 400.
    pub fn bad(message: impl Into<String>) -> Self {
        Refusal(StatusCode::BAD_REQUEST, message.into())
    }

    /// Status 404.
    pub fn not_found(message: impl Into<String>) -> Self {
        Refusal(StatusCode::NOT_FOUND, message.into())
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        (self.0, Json(json!({ "error": self.1 }))).into_response()
    }
}
