//! Reads a complete response up to a size limit.

use super::send::broken;
use crate::connectors::{Ctx, Error, Fault, Kind};
use crate::domain::time::Timestamp;
use bytes::{Bytes, BytesMut};
use reqwest::StatusCode;
use reqwest::header::{CONTENT_TYPE, HeaderMap, LOCATION, RETRY_AFTER};
use serde::de::DeserializeOwned;
use std::time::Duration;
use url::Origin;

pub(crate) const JSON_LIMIT: usize = 2 * 1024 * 1024;
const ERROR_LIMIT: usize = 64 * 1024;
const RETRY_AFTER_LIMIT: Duration = Duration::from_secs(3_600);
const REQUEST_ID_HEADERS: [&str; 2] = ["x-sfdc-request-id", "x-request-id"];
const REQUEST_ID_CHARACTERS: usize = 64;

#[derive(Debug)]
pub(crate) struct Response {
    pub(crate) call: String,
    pub(crate) origin: Origin,
    pub(crate) status: StatusCode,
    /// Request id that the provider assigned. The provider's support asks for this id.
    pub(crate) request_id: Option<String>,
    /// Delay from the `Retry-After` header, at most [`RETRY_AFTER_LIMIT`].
    pub(crate) retry_after: Option<Duration>,
    pub(crate) location: Option<String>,
    pub(crate) headers: HeaderMap,
    pub(crate) is_html: bool,
    pub(crate) body: Bytes,
}

/// Reads the body of a response. Fails if the body of a successful response exceeds `limit` bytes. Truncates the body of an
/// unsuccessful response.
pub(crate) async fn read(ctx: &Ctx, call: &str, response: reqwest::Response, limit: usize) -> Result<Response, Error> {
    let status = response.status();
    let headers = response.headers().clone();
    let origin = response.url().origin();
    let body = if status.is_success() { read_body(call, response, limit).await? } else { read_beginning(response).await };
    let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok()).map(str::to_owned);
    Ok(Response {
        call: call.to_owned(),
        origin,
        status,
        request_id: REQUEST_ID_HEADERS.iter().find_map(|name| text(name)).and_then(request_id),
        retry_after: text(RETRY_AFTER.as_str()).and_then(|value| retry_after(&value, ctx.clock.now())),
        location: text(LOCATION.as_str()),
        is_html: is_html(&headers, &body),
        headers,
        body,
    })
}

async fn read_body(call: &str, mut response: reqwest::Response, limit: usize) -> Result<Bytes, Error> {
    let mut body = BytesMut::new();
    while let Some(chunk) = response.chunk().await.map_err(|error| broken(call, error))? {
        if body.len() + chunk.len() > limit {
            let context = format!("{call}: {} and more than {limit} bytes", response.status().as_u16());
            // The outcome is unknown, because the provider has already processed the request.
            return Err(Error { outcome_unknown: true, ..Error::fault(Fault::TooLong, context) });
        }
        body.extend_from_slice(&chunk);
    }
    Ok(body.freeze())
}

/// Reads the first bytes of an error body. If the connection breaks, returns the bytes that have arrived.
async fn read_beginning(mut response: reqwest::Response) -> Bytes {
    let mut body = BytesMut::new();
    while let Ok(Some(chunk)) = response.chunk().await {
        body.extend_from_slice(&chunk[..chunk.len().min(ERROR_LIMIT - body.len())]);
        if body.len() >= ERROR_LIMIT {
            break;
        }
    }
    body.freeze()
}

fn request_id(text: String) -> Option<String> {
    let is_plain = text.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.'));
    (is_plain && (1..=REQUEST_ID_CHARACTERS).contains(&text.len())).then_some(text)
}

fn retry_after(text: &str, now: Timestamp) -> Option<Duration> {
    let text = text.trim();
    let wait = match text.parse() {
        Ok(seconds) => Duration::from_secs(seconds),
        Err(_) => {
            let until = chrono::DateTime::parse_from_rfc2822(text).ok()?;
            Timestamp::from_millis(until.timestamp_millis()).since(now)
        }
    };
    Some(wait.min(RETRY_AFTER_LIMIT))
}

/// Detects HTML by the first character of the body, because content types are often wrong.
fn is_html(headers: &HeaderMap, body: &[u8]) -> bool {
    let content_type = headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    match without_bom(body).trim_ascii_start().first() {
        Some(b'<') => true,
        Some(b'{' | b'[') => false,
        _ => content_type.contains("html"),
    }
}

fn without_bom(body: &[u8]) -> &[u8] {
    body.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(body)
}

impl Response {
    /// Parses the body as JSON. For HTML, which providers send during an outage, returns an error of the kind
    /// [`Kind::Unavailable`].
    pub(crate) fn json<T: DeserializeOwned>(&self) -> Result<T, Error> {
        if self.is_html {
            return Err(Error::new(Kind::Unavailable, format!("{} with HTML instead of JSON", self.context())));
        }
        // Omits the parser's message, because it can contain parts of the body.
        serde_json::from_slice(without_bom(&self.body)).map_err(|error| {
            let (line, column) = (error.line(), error.column());
            Error::fault(Fault::Malformed, format!("{} with unexpected JSON at {line}:{column}", self.context()))
        })
    }

    pub(crate) fn context(&self) -> String {
        let id = self.request_id.as_ref().map(|id| format!(" (request {id})")).unwrap_or_default();
        format!("{}: {}{id}", self.call, self.status.as_u16())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn retry_after_accepts_seconds_and_dates_and_is_capped() {
        let now = Timestamp::parse("2026-11-22T16:00:00Z").unwrap();
        for (text, seconds) in [
            ("315360000", Some(3_600)),
            ("Sun, 22 Nov 2026 16:02:00 GMT", Some(120)),
            ("Sun, 22 Nov 2020 16:02:00 GMT", Some(0)),
            ("soon", None),
            ("-1", None),
        ] {
            assert_eq!(retry_after(text, now).map(|wait| wait.as_secs()), seconds, "{text}");
        }
    }

    #[test]
    fn request_ids_with_other_characters_are_not_logged() {
        assert_eq!(request_id("4Xk-9_a.b".into()).as_deref(), Some("4Xk-9_a.b"));
        assert_eq!(request_id("a\nforged line".into()), None);
        assert_eq!(request_id("a".repeat(65)), None);
    }
}
