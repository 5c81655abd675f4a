//! Error responses in the format of RFC 9457, `application/problem+json`.

use axum::response::{IntoResponse, Response};
use http::header::{CACHE_CONTROL, CONNECTION, CONTENT_TYPE, RETRY_AFTER, WWW_AUTHENTICATE};
use http::{HeaderValue, StatusCode};
use lexicontract::domain::problem::Problem;
use lexicontract::hub;
use lexicontract::request_context::RequestContext;
use serde::Serialize;
use utoipa::ToSchema;

/// A [`hub::Error`] as the response of a handler. The causes of an internal error are logged when the response is built.
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
    /// The request id, as in the log. Present only for server errors.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub request_id: Option<String>,
}

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
    /// Returns the problem; `None` for an error that [`Self::report`] still has to log.
    pub fn problem(&self) -> Option<&Problem> {
        match &*self.0 {
            hub::Error::Problem(problem) => Some(problem),
            _ => None,
        }
    }

    /// Logs the causes of an internal error, and returns the problem.
    pub fn report(self) -> Problem {
        self.0.report()
    }
}

impl IntoResponse for ApiError {
    fn into_response(self) -> Response {
        let problem = self.report();
        let status = StatusCode::from_u16(problem.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let headers = [(CONTENT_TYPE, PROBLEM_JSON), (CACHE_CONTROL, "no-store")];
        let retry_after = problem.retry_after_seconds().map(|seconds| [(RETRY_AFTER, HeaderValue::from(seconds))]);
        let close = (problem == Problem::RequestTimeout).then_some([(CONNECTION, "close")]);
        let authenticate = (problem == Problem::NotSignedIn).then_some([(WWW_AUTHENTICATE, "Bearer realm=\"LexiContract\"")]);
        let body = serde_json::to_vec(&ProblemBody::from(&problem)).unwrap_or_default();
        // `layers::error_page` and `layers::rejections` read the problem from the response's extensions.
        (status, headers, retry_after, close, authenticate, axum::Extension(problem), body).into_response()
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

    #[tokio::test]
    async fn only_server_errors_contain_the_request_id() {
        let from = RequestContext { request_id: Some("r-17".to_owned()), ..RequestContext::default() };
        for (problem, id) in [(Problem::Internal, Some("r-17")), (Problem::NotFound, None), (Problem::StorageFull, None)] {
            assert_eq!(from.clone().scope(async { ProblemBody::from(&problem).request_id }).await.as_deref(), id, "{problem:?}");
        }
    }
}
