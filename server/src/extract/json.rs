//! JSON bodies. The media type, the syntax and the fields of a request are checked in this order, each with a separate error.

use crate::api::problem::{ApiError, Result};
use crate::limits::request_body::{contents, media_type};
use axum::extract::{FromRequest, Request};
use axum::response::{IntoResponse, Response};
use http::HeaderMap;
use lexicontract::domain::problem::{Invalid, Problem};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

/// As an extractor, a JSON object with the fields of `T`. As a response, `T` as JSON.
pub struct Json<T>(pub T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequest<S> for Json<T> {
    type Rejection = ApiError;

    async fn from_request(request: Request, _state: &S) -> Result<Self> {
        if !is_json(request.headers()) {
            return Err(Problem::UnsupportedMediaType.into());
        }
        parse(&contents(request.into_body()).await?).map(Self)
    }
}

impl<T: Serialize> IntoResponse for Json<T> {
    fn into_response(self) -> Response {
        axum::Json(self.0).into_response()
    }
}

/// Like [`Json`], but `T::default()` if the request has no body.
pub struct OptionalJson<T>(pub T);

impl<T: DeserializeOwned + Default, S: Send + Sync> FromRequest<S> for OptionalJson<T> {
    type Rejection = ApiError;

    async fn from_request(request: Request, _state: &S) -> Result<Self> {
        let is_json = is_json(request.headers());
        let body = contents(request.into_body()).await?;
        match (body.is_empty(), is_json) {
            (true, _) => Ok(Self(T::default())),
            (false, false) => Err(Problem::UnsupportedMediaType.into()),
            (false, true) => parse(&body).map(Self),
        }
    }
}

/// True if the media type is `application/json` or has the suffix `+json`.
pub fn is_json(headers: &HeaderMap) -> bool {
    let media_type = media_type(headers).to_ascii_lowercase();
    media_type == "application/json" || (media_type.starts_with("application/") && media_type.ends_with("+json"))
}

fn parse<T: DeserializeOwned>(body: &[u8]) -> Result<T> {
    let value: Value = serde_json::from_slice(body).map_err(|_| Problem::InvalidJson)?;
    // Rejects arrays, because serde would also read the fields from an array.
    if !value.is_object() {
        return Err(Invalid::Body.into());
    }
    serde_json::from_value(value).map_err(|_| Invalid::Body.into())
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::body::Body;
    use http::header::CONTENT_TYPE;
    use serde::Deserialize;

    #[derive(Debug, Deserialize)]
    struct Named {
        #[expect(dead_code, reason = "the test only needs it to be parsed")]
        name: String,
    }

    async fn problem_of(content_type: &str, body: impl Into<Body>) -> Option<Problem> {
        let request = Request::post("/").header(CONTENT_TYPE, content_type).body(body.into()).unwrap();
        Json::<Named>::from_request(request, &()).await.err().map(ApiError::report)
    }

    #[tokio::test]
    async fn media_type_syntax_and_fields_have_their_own_errors() {
        assert_eq!(problem_of("application/json; charset=utf-8", r#"{"name":"x"}"#).await, None);
        assert_eq!(problem_of("text/plain", r#"{"name":"x"}"#).await, Some(Problem::UnsupportedMediaType));
        for body in [&b"{"[..], b"{\"name\":\"\xff\"}", b""] {
            assert_eq!(problem_of("application/json", body).await, Some(Problem::InvalidJson));
        }
        for body in [r#"["x"]"#, r#"{"name":1}"#, "{}"] {
            assert_eq!(problem_of("application/json", body).await, Some(Invalid::Body.into()));
        }
    }
}
