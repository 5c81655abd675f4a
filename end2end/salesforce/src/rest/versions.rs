//! API versions: supported, deprecated and retired.

use super::errors::{ApiError, json_response};
use axum::response::Response;
use http::StatusCode;
use serde_json::{Value, json};

/// The newest API version, in the form of URL paths.
pub const CURRENT: &str = "v67.0";

const NEWEST: u32 = 67;
const OLDEST_LISTED: u32 = 31;
const OLDEST_SUPPORTED: u32 = 41;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Service {
    Supported,
    /// The version still works, but responses have a `Warning` header.
    Deprecated,
}

/// `GET /services/data/`: lists the API versions. Requires no session.
pub async fn list() -> Response {
    let versions = (OLDEST_LISTED..=NEWEST).map(|version| {
        let label = match version % 3 {
            0 => format!("Spring '{}", version / 3 + 4),
            1 => format!("Summer '{}", version / 3 + 4),
            _ => format!("Winter '{}", version / 3 + 5),
        };
        json!({ "label": label, "url": format!("/services/data/v{version}.0"), "version": format!("{version}.0") })
    });
    json_response(StatusCode::OK, &Value::Array(versions.collect()))
}

pub fn check(version: &str) -> Result<Service, ApiError> {
    let number = version.strip_prefix('v').and_then(|rest| rest.strip_suffix(".0")).and_then(|number| number.parse().ok());
    match number {
        Some(OLDEST_SUPPORTED..=NEWEST) => Ok(Service::Supported),
        Some(OLDEST_LISTED..OLDEST_SUPPORTED) => Ok(Service::Deprecated),
        Some(7..OLDEST_LISTED) => {
            Err(ApiError::new(StatusCode::GONE, "UNSUPPORTED_API_VERSION", "The requested API version is retired"))
        }
        _ => Err(ApiError::not_found()),
    }
}
