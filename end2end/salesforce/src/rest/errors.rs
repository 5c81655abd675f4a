//! The answers of the data API that report an error: an array with one object.

use axum::response::{IntoResponse, Response};
use http::{StatusCode, header};
use serde_json::{Value, json};

/// One error.
#[derive(Clone, Debug)]
pub struct ApiError {
    /// The status of the answer.
    pub status: StatusCode,
    /// `NOT_FOUND`, `INVALID_FIELD`, …
    pub code: &'static str,
    /// The text.
    pub message: String,
    /// The fields it is about, when the answer names them.
    pub fields: Option<Vec<String>>,
}

impl ApiError {
    /// An error that names no fields.
    pub fn new(status: StatusCode, code: &'static str, message: impl Into<String>) -> Self {
        ApiError { status, code, message: message.into(), fields: None }
    }

    /// Status 400.
    pub fn bad(code: &'static str, message: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, code, message)
    }

    /// The same error, about these fields.
    pub fn about(self, fields: &[&str]) -> Self {
        ApiError { fields: Some(fields.iter().map(|&field| field.to_owned()).collect()), ..self }
    }

    /// An unknown path or id.
    pub fn not_found() -> Self {
        Self::new(StatusCode::NOT_FOUND, "NOT_FOUND", "The requested resource does not exist")
    }

    /// A dead session.
    pub fn session_expired() -> Self {
        Self::new(StatusCode::UNAUTHORIZED, "INVALID_SESSION_ID", "Session expired or invalid")
    }
}

impl IntoResponse for ApiError {
    fn into_response(self) -> Response {
        let mut body = json!({ "message": self.message, "errorCode": self.code });
        if let Some(fields) = self.fields {
            body["fields"] = fields.into();
        }
        let mut response = json_response(self.status, &Value::Array(vec![body]));
        if self.status == StatusCode::UNAUTHORIZED {
            response.headers_mut().insert(header::WWW_AUTHENTICATE, http::HeaderValue::from_static("Token"));
        }
        response
    }
}

/// JSON with the content type that Salesforce sends.
pub fn json_response(status: StatusCode, body: &Value) -> Response {
    (status, [(header::CONTENT_TYPE, "application/json;charset=UTF-8")], body.to_string()).into_response()
}
