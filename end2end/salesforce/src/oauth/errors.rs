use axum::Json;
use axum::response::{IntoResponse, Response};
use http::{StatusCode, header};
use serde_json::json;

#[derive(Debug)]
pub struct OAuthError {
    status: StatusCode,
    error: String,
    description: String,
}

impl OAuthError {
    pub fn new(error: &str, description: &str) -> Self {
        Self::with_status(StatusCode::BAD_REQUEST, error, description)
    }

    pub fn with_status(status: StatusCode, error: &str, description: &str) -> Self {
        OAuthError { status, error: error.to_owned(), description: description.to_owned() }
    }

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

/// The plain-text error page that Salesforce shows if it cannot redirect the user to a callback URL.
pub fn text_page(error: &str, description: &str) -> Response {
    let body = format!("error={error}\nerror_description={description}\n");
    (StatusCode::BAD_REQUEST, [(header::CONTENT_TYPE, "text/plain;charset=UTF-8")], body).into_response()
}

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
