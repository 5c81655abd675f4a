//! Error responses of the OAuth endpoints. The body is JSON, form-encoded, or plain text.

use crate::connectors::{
    Connector, Ctx, Error,
    error_rules::{self, ApiError, Endpoint, FieldValue},
    http::Response,
};
use serde::Deserialize;

/// Parameters of an error response (RFC 6749, section 5.2). Each can be `null` or missing.
#[derive(Debug, Default, Deserialize)]
pub(super) struct ErrorResponse {
    error: Option<String>,
    error_description: Option<String>,
}

impl ErrorResponse {
    /// Parses a body as JSON or as a form. Both parameters are `None` if the body is neither.
    pub(super) fn parse(body: &[u8]) -> Self {
        serde_json::from_slice(body).unwrap_or_else(|_| {
            let mut response = Self::default();
            for (name, value) in url::form_urlencoded::parse(body) {
                match name.as_ref() {
                    "error" => response.error = Some(value.into_owned()),
                    "error_description" => response.error_description = Some(value.into_owned()),
                    _ => {}
                }
            }
            response
        })
    }

    /// Whether the error means that the provider does not know the token that we want to revoke.
    pub(super) fn is_unknown_token(&self) -> bool {
        matches!(self.error.as_deref(), Some("invalid_token" | "unsupported_token_type" | "invalid_grant"))
    }
}

/// Maps a response of the token or revocation endpoint to an error by the rules.
pub(super) fn token_endpoint_error(ctx: &Ctx, connector: &Connector, response: &Response) -> Error {
    let ErrorResponse { error, error_description } = ErrorResponse::parse(&response.body);
    let (code, message) = (error.unwrap_or_default(), error_description.unwrap_or_default());
    let api_error = ApiError { code, message, field: None };
    error_rules::error(ctx, connector, response, Endpoint::Token, &api_error, FieldValue::default())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn error_responses_are_parsed_from_json_and_forms() {
        for body in [
            r#"{"error":"invalid_grant","error_description":"inactive user"}"#,
            "error=invalid_grant&error_description=inactive+user",
        ] {
            let response = ErrorResponse::parse(body.as_bytes());
            let parts = (response.error.as_deref(), response.error_description.as_deref());
            assert_eq!(parts, (Some("invalid_grant"), Some("inactive user")), "{body}");
        }
        let without_description = ErrorResponse::parse(br#"{"error":"invalid_grant","error_description":null}"#);
        assert_eq!((without_description.error.as_deref(), without_description.error_description), (Some("invalid_grant"), None));
        assert_eq!(ErrorResponse::parse(b"<html>").error, None);
    }
}
