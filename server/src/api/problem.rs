//! Error responses in the format of RFC 9457, `application/problem+json`.
//!
//! - `connectors::Error`: an error response of a provider, or a missing response. Contains the kind of error, and whether to
//!   retry
//! - `Invalid`: an invalid field. Contained in a variant of `Problem`
//! - `Problem`: the problem that users and API clients get: status, code, message
//! - `hub::Error`: any error that the hub returns. It is converted to a `Problem`, and its causes are logged
//! - [`ApiError`]: a `hub::Error` as the response of a handler

use axum::response::{IntoResponse, Response};
use http::{
    HeaderValue, StatusCode,
    header::{CACHE_CONTROL, CONNECTION, CONTENT_TYPE, RETRY_AFTER, WWW_AUTHENTICATE},
};
use lexicontract::{domain::problem::Problem, hub, request_context::RequestContext};
use serde::Serialize;
use utoipa::ToSchema;

/// The error of a handler. The causes of an internal error are logged when the response is built.
#[derive(Debug)]
pub struct ApiError(Box<hub::Error>);

pub type Result<T> = std::result::Result<T, ApiError>;

/// The body of an error response (RFC 9457).
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = Problem)]
pub struct ProblemBody {
    /// URN that identifies the kind of problem.
    pub r#type: String,
    /// Short description of the problem.
    pub title: String,
    /// The HTTP status.
    pub status: u16,
    /// Explanation of the problem, and advice for the user.
    pub detail: String,
    /// A stable code for programs.
    pub code: String,
    /// The request id, as in the log. Present only for server errors. All other problems are identical for every request.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub request_id: Option<String>,
}

/// The media type of [`ProblemBody`].
pub const PROBLEM_JSON: &str = "application/problem+json";

impl From<&Problem> for ProblemBody {
    fn from(problem: &Problem) -> Self {
        Self {
            r#type: format!("urn:lexicontract:problem:{}", problem.code()),
            title: problem.title().to_owned(),
            status: problem.status(),
            detail: problem.detail(),
            code: problem.code().to_owned(),
            request_id: RequestContext::current().request_id.filter(|_| problem.is_server_failure()),
        }
    }
}

impl ApiError {
    /// Logs the causes of an internal error, and returns the problem.
    pub fn report(self) -> Problem {
        self.0.report()
    }
}

impl IntoResponse for ApiError {
    fn into_response(self) -> Response {
        let problem = self.report();
        let status = StatusCode::from_u16(problem.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let body = serde_json::to_vec(&ProblemBody::from(&problem)).unwrap_or_default();
        let mut response = (status, body).into_response();
        let headers = response.headers_mut();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static(PROBLEM_JSON));
        headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
        if let Some(seconds) = problem.retry_after_seconds() {
            headers.insert(RETRY_AFTER, HeaderValue::from(seconds));
        }
        if problem == Problem::RequestTimeout {
            headers.insert(CONNECTION, HeaderValue::from_static("close"));
        }
        if problem == Problem::NotSignedIn {
            headers.insert(WWW_AUTHENTICATE, HeaderValue::from_static("Bearer realm=\"LexiContract\""));
        }
        // The layer that renders problems as pages reads this extension.
        response.extensions_mut().insert(problem);
        response
    }
}

impl<E: Into<hub::Error>> From<E> for ApiError {
    fn from(error: E) -> Self {
        Self(Box::new(error.into()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use lexicontract::domain::{account::quota::Quota, problem::Invalid};

    #[test]
    fn an_unavailable_database_is_503_with_retry_after() {
        let response = ApiError::from(Problem::Unavailable).into_response();
        assert_eq!(response.status(), 503);
        assert_eq!(response.headers()[RETRY_AFTER], "5");
        assert_eq!(response.headers()[CONTENT_TYPE], PROBLEM_JSON);
    }

    #[test]
    fn temporary_quotas_are_429_with_retry_after_and_others_are_507() {
        let of = |quota| ApiError::from(Problem::QuotaExceeded(quota)).into_response();
        for (quota, status, retry_after) in [
            (Quota::UploadsPerHour, 429, Some("600")),
            (Quota::WaitingDeliveries, 429, Some("60")),
            (Quota::StorageBytes, 507, None),
            (Quota::Contracts, 507, None),
            (Quota::Users, 507, None),
        ] {
            let response = of(quota);
            let header = response.headers().get(RETRY_AFTER).map(|value| value.to_str().unwrap());
            assert_eq!((response.status().as_u16(), header), (status, retry_after), "{quota:?}");
            let body = ProblemBody::from(&Problem::QuotaExceeded(quota));
            let variable = format!("`QUOTA_{}`", quota.into_str().to_uppercase());
            assert!(body.code == "quota_exceeded" && body.detail.contains(&variable), "{body:?}");
        }
        assert_eq!(ApiError::from(Problem::StorageFull).into_response().status(), 507);
    }

    #[test]
    fn a_missing_identity_is_401_with_www_authenticate() {
        let response = ApiError::from(Problem::NotSignedIn).into_response();
        assert_eq!(response.status(), 401);
        assert!(response.headers().contains_key(WWW_AUTHENTICATE));
    }

    #[tokio::test]
    async fn only_server_errors_contain_the_request_id() {
        let from = RequestContext { request_id: Some("r-17".to_owned()), ..RequestContext::default() };
        let named = |problem: Problem| from.clone().scope(async move { ProblemBody::from(&problem).request_id });
        assert_eq!(named(Problem::Internal).await.as_deref(), Some("r-17"));
        assert_eq!(named(Problem::Unavailable).await.as_deref(), Some("r-17"));
        assert_eq!(named(Problem::NotFound).await, None);
        assert_eq!(named(Problem::StorageFull).await, None);
        assert_eq!(ProblemBody::from(&Problem::Internal).request_id, None);
    }

    #[test]
    fn a_body_has_type_status_and_code() {
        let body = ProblemBody::from(&Problem::Invalid(Invalid::Limit));
        assert_eq!((body.status, body.code.as_str()), (422, "invalid_field"));
        assert!(body.detail.contains("`limit`") && body.r#type.ends_with(":invalid_field"));
    }
}
