//! Reads an answer whole, up to a bound, and finds out what it is from its bytes: what it says about itself is often wrong.

use super::send::broken;
use crate::{
    connectors::{Ctx, Error, Fault, Kind},
    domain::time::Timestamp,
};
use bytes::{Bytes, BytesMut};
use reqwest::{
    StatusCode,
    header::{CONTENT_TYPE, HeaderMap, LOCATION, RETRY_AFTER},
};
use serde::de::DeserializeOwned;
use std::time::Duration;
use url::Origin;

/// The largest JSON that is read.
pub(in crate::connectors) const JSON_LIMIT: usize = 2 * 1024 * 1024;
/// How much of an error's body is read.
const ERROR_LIMIT: usize = 64 * 1024;
/// The longest pause that a provider may ask for.
pub(in crate::connectors) const RETRY_AFTER_LIMIT: Duration = Duration::from_secs(3_600);
const REQUEST_ID_HEADERS: [&str; 2] = ["x-sfdc-request-id", "x-request-id"];
const REQUEST_ID_CHARACTERS: usize = 64;

/// An answer that was read whole.
#[derive(Debug)]
pub(in crate::connectors) struct Answer {
    /// What was called, for the log.
    pub(in crate::connectors) call: String,
    /// Who answered.
    pub(in crate::connectors) origin: Origin,
    /// Its status.
    pub(in crate::connectors) status: StatusCode,
    /// The provider's id of the call, for its support.
    pub(in crate::connectors) request_id: Option<String>,
    /// How long it asks us to wait, at most [`RETRY_AFTER_LIMIT`].
    pub(in crate::connectors) retry_after: Option<Duration>,
    /// Where it would send us.
    pub(in crate::connectors) location: Option<String>,
    /// Its headers.
    pub(in crate::connectors) headers: HeaderMap,
    /// Whether it is a page for people.
    pub(in crate::connectors) is_html: bool,
    /// Its body.
    pub(in crate::connectors) body: Bytes,
}

/// Reads an answer, at most `limit` bytes of it. Of an error's body only the beginning is kept.
///
/// # Errors
/// It broke off, or is too large.
pub(in crate::connectors) async fn read(
    ctx: &Ctx,
    call: &str,
    response: reqwest::Response,
    limit: usize,
) -> Result<Answer, Error> {
    let status = response.status();
    let headers = response.headers().clone();
    let origin = response.url().origin();
    let body = if status.is_success() {
        let body = read_body(call, response, limit).await?;
        body.ok_or_else(|| too_long(format!("{call}: {} and more than {limit} bytes", status.as_u16())))?
    } else {
        read_beginning(response).await
    };
    let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok()).map(str::to_owned);
    Ok(Answer {
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

/// A success that cannot be read: the provider has acted.
fn too_long(context: String) -> Error {
    Error { outcome_unknown: true, ..Error::fault(Fault::TooLong, context) }
}

async fn read_body(call: &str, mut response: reqwest::Response, limit: usize) -> Result<Option<Bytes>, Error> {
    let mut body = BytesMut::new();
    while let Some(piece) = response.chunk().await.map_err(|error| broken(call, error))? {
        if body.len() + piece.len() > limit {
            return Ok(None);
        }
        body.extend_from_slice(&piece);
    }
    Ok(Some(body.freeze()))
}

/// The status says enough when the body of an error is long or breaks off.
async fn read_beginning(mut response: reqwest::Response) -> Bytes {
    let mut body = BytesMut::new();
    while let Ok(Some(piece)) = response.chunk().await {
        body.extend_from_slice(&piece[..piece.len().min(ERROR_LIMIT - body.len())]);
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

/// No JSON begins with `<`, so what does is a page, whatever it calls itself.
fn is_html(headers: &HeaderMap, body: &[u8]) -> bool {
    let content_type = headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    without_mark(body).trim_ascii_start().starts_with(b"<") || (content_type.contains("html") && !looks_like_json(body))
}

fn looks_like_json(body: &[u8]) -> bool {
    matches!(without_mark(body).trim_ascii_start().first(), Some(b'{' | b'['))
}

fn without_mark(body: &[u8]) -> &[u8] {
    body.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(body)
}

impl Answer {
    /// The body as JSON of that form.
    ///
    /// # Errors
    /// A page is an outage; anything else that does not fit makes no sense.
    pub(in crate::connectors) fn json<T: DeserializeOwned>(&self) -> Result<T, Error> {
        if self.is_html {
            return Err(Error::new(Kind::Unavailable, format!("{} with a page instead of JSON", self.context())));
        }
        // The parser's message repeats pieces of the body, so only its position is kept.
        serde_json::from_slice(without_mark(&self.body)).map_err(|error| {
            let (line, column) = (error.line(), error.column());
            Error::fault(Fault::Malformed, format!("{} with other JSON than expected at {line}:{column}", self.context()))
        })
    }

    /// The call, the status and the request id, for the log.
    pub(in crate::connectors) fn context(&self) -> String {
        let id = self.request_id.as_ref().map(|id| format!(" (request {id})")).unwrap_or_default();
        format!("{}: {}{id}", self.call, self.status.as_u16())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pause_may_be_seconds_or_a_date_and_is_capped() {
        let now = Timestamp::parse("2026-11-22T16:00:00Z").unwrap();
        let after = |text: &str| retry_after(text, now).map(|wait| wait.as_secs());
        assert_eq!(after("7"), Some(7));
        assert_eq!(after("315360000"), Some(3_600));
        assert_eq!(after("Sun, 22 Nov 2026 16:02:00 GMT"), Some(120));
        assert_eq!(after("Sun, 22 Nov 2020 16:02:00 GMT"), Some(0));
        assert_eq!(after("Sat, 22 Nov 2036 16:02:00 GMT"), Some(3_600));
        assert_eq!(after("soon"), None);
        assert_eq!(after("-1"), None);
    }

    #[test]
    fn a_request_id_that_is_not_plain_is_not_logged() {
        assert_eq!(request_id("4Xk-9_a.b".into()).as_deref(), Some("4Xk-9_a.b"));
        assert_eq!(request_id("a\nforged line".into()), None);
        assert_eq!(request_id("a".repeat(65)), None);
    }
}
