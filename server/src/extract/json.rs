//! JSON bodies: media type, length, syntax and fields are told apart, in this order.

use crate::{
    api::problem::{ApiError, Result},
    limits::request_body,
};
use axum::extract::{FromRequest, Request};
use http::{HeaderMap, header::CONTENT_TYPE};
use lexicontract::domain::problem::{Invalid, Problem};
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

/// A JSON object with the fields of `T`.
pub struct Json<T>(pub T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequest<S> for Json<T> {
    type Rejection = ApiError;

    async fn from_request(request: Request, _state: &S) -> Result<Self> {
        if !is_json(request.headers()) {
            return Err(Problem::UnsupportedMediaType.into());
        }
        let body = request_body::contents(request.into_body()).await?;
        from_object(read_object(&body)?).map(Self)
    }
}

/// The same, and `T`'s default when the request has no body.
pub struct OptionalJson<T>(pub T);

impl<T: DeserializeOwned + Default, S: Send + Sync> FromRequest<S> for OptionalJson<T> {
    type Rejection = ApiError;

    async fn from_request(request: Request, _state: &S) -> Result<Self> {
        let is_json = is_json(request.headers());
        let body = request_body::contents(request.into_body()).await?;
        match (body.is_empty(), is_json) {
            (true, _) => Ok(Self(T::default())),
            (false, false) => Err(Problem::UnsupportedMediaType.into()),
            (false, true) => from_object(read_object(&body)?).map(Self),
        }
    }
}

/// Whether the body claims to be JSON: `application/json`, or another type with the suffix `+json`.
pub fn is_json(headers: &HeaderMap) -> bool {
    let value = headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let essence = value.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    essence == "application/json" || (essence.starts_with("application/") && essence.ends_with("+json"))
}

/// Reads a JSON object.
fn read_object(body: &[u8]) -> Result<Map<String, Value>> {
    match serde_json::from_slice(body) {
        Ok(Value::Object(object)) => Ok(object),
        Ok(_) => Err(Invalid::Body.into()),
        Err(_) => Err(Problem::InvalidJson.into()),
    }
}

fn from_object<T: DeserializeOwned>(object: Map<String, Value>) -> Result<T> {
    serde_json::from_value(Value::Object(object)).map_err(|_| Invalid::Body.into())
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::body::Body;
    use serde::Deserialize;

    #[derive(Debug, Deserialize)]
    struct Named {
        #[expect(dead_code, reason = "only that it is read matters")]
        name: String,
    }

    async fn problem_of(content_type: &str, body: impl Into<Body>) -> Option<Problem> {
        let request = Request::post("/").header(CONTENT_TYPE, content_type).body(body.into()).unwrap();
        Json::<Named>::from_request(request, &()).await.err().map(ApiError::report)
    }

    #[tokio::test]
    async fn media_type_length_syntax_and_fields_are_told_apart() {
        assert_eq!(problem_of("application/json; charset=utf-8", r#"{"name":"x"}"#).await, None);
        assert_eq!(problem_of("text/plain", r#"{"name":"x"}"#).await, Some(Problem::UnsupportedMediaType));
        assert_eq!(problem_of("application/json", "{").await, Some(Problem::InvalidJson));
        assert_eq!(problem_of("application/json", &b"{\"name\":\"\xff\"}"[..]).await, Some(Problem::InvalidJson));
        assert_eq!(problem_of("application/json", "").await, Some(Problem::InvalidJson));
        assert_eq!(problem_of("application/json", r#"["x"]"#).await, Some(Invalid::Body.into()));
        assert_eq!(problem_of("application/json", r#"{"name":1}"#).await, Some(Invalid::Body.into()));
        assert_eq!(problem_of("application/json", "{}").await, Some(Invalid::Body.into()));
    }
}
