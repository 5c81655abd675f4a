//! The answers of the OAuth side that report an error.

use axum::Json;
use axum::response::{IntoResponse, Response};
use http::{StatusCode, header};
use serde_json::json;

/// An error of the token endpoint: an object, almost always with status 400.
#[derive(Debug)]
pub struct OAuthError {
    status: StatusCode,
    error: String,
    description: String,
}

impl OAuthError {
    /// Status 400.
    pub fn new(error: &str, description: &str) -> Self {
        Self::with_status(StatusCode::BAD_REQUEST, error, description)
    }

    /// Another status.
    pub fn with_status(status: StatusCode, error: &str, description: &str) -> Self {
        OAuthError { status, error: error.to_owned(), description: description.to_owned() }
    }

    /// The refresh token is of no use.
    pub fn dead_refresh_token() -> Self {
        Self::new("invalid_grant", "expired access/refresh token")
    }
}

impl IntoResponse for OAuthError {
    fn into_response(self) -> Response {
        let body = json!({ "error": self.error, "error_description": self.description });
        let headers = [(header::CACHE_CONTROL, "no-store"), (header::CONTENT_TYPE, "application/json;charset=UTF-8")];
        (self.status, headers, Json(body).0.to_string()).into_response()
    }
}

/// What Salesforce shows in the browser when it can't send the user back: plain text.
pub fn text_page(error: &str, description: &str) -> Response {
    let body = format!("error={error}\nerror_description={description}\n");
    (StatusCode::BAD_REQUEST, [(header::CONTENT_TYPE, "text/plain;charset=UTF-8")], body).into_response()
}

/// The usual description of an error of the authorize endpoint.
pub fn usual_description(error: &str) -> &'static str {
    match error {
        "access_denied" => "end-user denied authorization",
        "OAUTH_APP_BLOCKED" => "this app is blocked by admin",
        "OAUTH_APP_ACCESS_DENIED" => "user is not admin approved to access this app",
        "OAUTH_EC_APP_NOT_FOUND" => "external client app is not installed in this org",
        "invalid_client" => "app must be installed into org",
        "immediate_unsuccessful" => "immediate unsuccessful",
        _ => "an error occurred",
    }
}
