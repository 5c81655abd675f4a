//! JSON bodies: media type, length, syntax and fields are told apart, in this order.

use crate::problem::{Failure, Result};
use axum::{
    body::{Body, HttpBody},
    extract::{FromRequest, Request},
};
use bytes::Bytes;
use http::{HeaderMap, header::CONTENT_TYPE};
use http_body_util::BodyExt;
use lexicontract::domain::problem::{Invalid, Problem};
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

/// The most a JSON body may hold.
pub const MAX_JSON_BYTES: usize = 64 * 1024;
/// How much more is read and thrown away, so that the client gets to see the answer instead of a closed connection.
const DRAINED_BYTES: usize = 1024 * 1024;

/// A JSON object with the fields of `T`.
pub struct Json<T>(pub T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequest<S> for Json<T> {
    type Rejection = Failure;

    async fn from_request(request: Request, _state: &S) -> Result<Self> {
        if !is_json(request.headers()) {
            return Err(Problem::UnsupportedMediaType.into());
        }
        let body = read_body(request.into_body(), MAX_JSON_BYTES).await?;
        from_object(read_object(&body)?).map(Self)
    }
}

/// The same, and `T`'s default when the request has no body.
pub struct OptionalJson<T>(pub T);

impl<T: DeserializeOwned + Default, S: Send + Sync> FromRequest<S> for OptionalJson<T> {
    type Rejection = Failure;

    async fn from_request(request: Request, _state: &S) -> Result<Self> {
        let is_json = is_json(request.headers());
        let body = read_body(request.into_body(), MAX_JSON_BYTES).await?;
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

/// Reads a body of at most `limit` bytes, whatever its `Content-Length` says.
pub(crate) async fn read_body(mut body: Body, limit: usize) -> Result<Bytes> {
    if body.size_hint().lower() > (limit + DRAINED_BYTES) as u64 {
        return Err(Problem::PayloadTooLarge.into());
    }
    let mut read = Vec::new();
    let mut length = 0_usize;
    while let Some(frame) = body.frame().await {
        let Ok(data) = frame.map_err(|_| Failure(Problem::InvalidJson))?.into_data() else { continue };
        length = length.saturating_add(data.len());
        if length > limit + DRAINED_BYTES {
            break;
        }
        if length <= limit {
            read.extend_from_slice(&data);
        }
    }
    if length > limit { Err(Problem::PayloadTooLarge.into()) } else { Ok(Bytes::from(read)) }
}

/// Reads a JSON object.
pub(crate) fn read_object(body: &[u8]) -> Result<Map<String, Value>> {
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
    use serde::Deserialize;

    #[derive(Debug, Deserialize)]
    struct Named {
        #[expect(dead_code, reason = "only that it is read matters")]
        name: String,
    }

    async fn problem_of(content_type: &str, body: impl Into<Body>) -> Option<Problem> {
        let request = Request::post("/").header(CONTENT_TYPE, content_type).body(body.into()).unwrap();
        Json::<Named>::from_request(request, &()).await.err().map(|failure| failure.0)
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

    #[tokio::test]
    async fn a_body_without_a_length_is_cut_off_at_the_limit() {
        let chunks = (0..65).map(|_| Ok::<_, std::io::Error>(Bytes::from_static(&[b' '; 1024])));
        let body = Body::from_stream(futures::stream::iter(chunks));
        assert_eq!(problem_of("application/json", body).await, Some(Problem::PayloadTooLarge));
        let exactly = vec![b' '; MAX_JSON_BYTES];
        assert_eq!(read_body(Body::from(exactly), MAX_JSON_BYTES).await.map(|body| body.len()), Ok(MAX_JSON_BYTES));
    }
}
