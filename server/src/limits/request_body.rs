//! Reads request bodies into memory, with limits on size and time.
//!
//! A body is copied into one buffer. If the received chunks were kept, each chunk would keep a read buffer of the socket
//! allocated, and a client that sends tiny chunks could exhaust the memory.

use axum::body::{Body, HttpBody, to_bytes};
use bytes::Bytes;
use futures::FutureExt;
use http::header::CONTENT_TYPE;
use http::{Extensions, HeaderMap};
use http_body_util::BodyExt;
use lexicontract::domain::problem::Problem;
use std::time::Duration;
use tokio::time::{Instant, timeout_at};

/// Size limit of a body that is not an upload.
pub const MAX_BODY_BYTES: usize = 64 * 1024;
/// Number of bytes beyond the size limit that are read and discarded, so that the client receives the response.
const DRAINED_BYTES: usize = 1024 * 1024;
/// Time limit for a whole body, counted from the arrival of the request's head.
pub const BODY_TIMEOUT: Duration = Duration::from_secs(30);
pub const PAUSE_TIMEOUT: Duration = Duration::from_secs(10);

/// Time limits for a request body. The accept loop sets this extension of the request.
#[derive(Clone, Copy, Debug)]
pub struct BodyTimeouts {
    pub deadline: Instant,
    pub pause: Duration,
}

impl BodyTimeouts {
    pub fn starting_now(whole: Duration, pause: Duration) -> Self {
        Self { deadline: Instant::now() + whole, pause }
    }

    pub fn of(extensions: &Extensions) -> Self {
        extensions.get().copied().unwrap_or_default()
    }
}

impl Default for BodyTimeouts {
    fn default() -> Self {
        Self::starting_now(BODY_TIMEOUT, PAUSE_TIMEOUT)
    }
}

/// The body that [`crate::layers::request_body`] has read. The layer sets this extension of the request.
#[derive(Clone)]
pub struct RequestBody(pub Bytes);

#[derive(Debug)]
pub struct CompleteBody {
    pub bytes: Bytes,
    /// True if the server had to wait for the body. In this case, the caller may have lost authorization.
    pub was_awaited: bool,
}

/// Copies a body of at most `limit` bytes into one buffer. Counts the received bytes instead of trusting `Content-Length`.
///
/// # Errors
/// [`Problem::PayloadTooLarge`], [`Problem::RequestTimeout`], or [`Problem::InvalidJson`] if the connection fails or the transfer
/// encoding is malformed.
pub async fn read(mut body: Body, limit: usize, timeouts: BodyTimeouts) -> Result<CompleteBody, Problem> {
    if body.size_hint().lower() > (limit + DRAINED_BYTES) as u64 {
        return Err(Problem::PayloadTooLarge);
    }
    let (mut bytes, mut length, mut was_awaited) = (Vec::new(), 0_usize, false);
    loop {
        let frame = match body.frame().now_or_never() {
            Some(frame) => Ok(frame),
            None => {
                was_awaited = true;
                timeout_at(timeouts.deadline.min(Instant::now() + timeouts.pause), body.frame()).await
            }
        };
        let data = match frame {
            Ok(Some(frame)) => frame.map_err(|_| Problem::InvalidJson)?.into_data().unwrap_or_default(),
            Ok(None) => break,
            Err(_) if length <= limit => return Err(Problem::RequestTimeout),
            Err(_) => break,
        };
        length = length.saturating_add(data.len());
        if length > limit + DRAINED_BYTES {
            break;
        }
        if length <= limit {
            bytes.extend_from_slice(&data);
        }
    }
    if length > limit { Err(Problem::PayloadTooLarge) } else { Ok(CompleteBody { bytes: Bytes::from(bytes), was_awaited }) }
}

/// Returns the bytes of a body that [`crate::layers::request_body`] has read.
pub async fn contents(body: Body) -> Result<Bytes, Problem> {
    to_bytes(body, MAX_BODY_BYTES).await.map_err(|_| Problem::PayloadTooLarge)
}

/// True if the media type is `application/x-www-form-urlencoded`, with or without parameters.
pub fn is_form(headers: &HeaderMap) -> bool {
    media_type(headers).eq_ignore_ascii_case("application/x-www-form-urlencoded")
}

/// The media type from `Content-Type`, without parameters. Empty if the header is missing.
pub fn media_type(headers: &HeaderMap) -> &str {
    let value = headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    value.split(';').next().unwrap_or_default().trim()
}

#[cfg(test)]
mod tests {
    use super::*;
    use futures::{StreamExt, stream};
    use std::convert::Infallible;

    async fn outcome(body: Body) -> Result<(usize, bool), Problem> {
        read(body, MAX_BODY_BYTES, BodyTimeouts::default()).await.map(|body| (body.bytes.len(), body.was_awaited))
    }

    #[tokio::test]
    async fn a_body_above_the_limit_is_rejected_with_and_without_content_length() {
        assert_eq!(outcome(Body::from(vec![0; MAX_BODY_BYTES])).await, Ok((MAX_BODY_BYTES, false)));
        assert_eq!(outcome(Body::from(vec![0; MAX_BODY_BYTES + 1])).await, Err(Problem::PayloadTooLarge));
        for length in [MAX_BODY_BYTES, MAX_BODY_BYTES + 1, 10 * DRAINED_BYTES] {
            let pieces = (0..length).map(|_| Ok::<_, Infallible>(Bytes::from_static(b"a")));
            let expected = if length == MAX_BODY_BYTES { Ok((length, false)) } else { Err(Problem::PayloadTooLarge) };
            assert_eq!(outcome(Body::from_stream(stream::iter(pieces))).await, expected, "{length}");
        }
    }

    /// A body that stalls after the first `arrived` bytes.
    async fn withheld(arrived: usize, timeouts: BodyTimeouts) -> Result<CompleteBody, Problem> {
        let arrived = stream::once(async move { Ok::<_, Infallible>(Bytes::from(vec![0; arrived])) });
        read(Body::from_stream(arrived.chain(stream::pending())), MAX_BODY_BYTES, timeouts).await
    }

    #[tokio::test]
    async fn a_body_that_misses_its_deadline_or_pauses_too_long_is_rejected() {
        let over = BodyTimeouts { deadline: Instant::now(), ..BodyTimeouts::default() };
        let paused = BodyTimeouts { pause: Duration::ZERO, ..BodyTimeouts::default() };
        for timeouts in [over, paused] {
            assert_eq!(withheld(1, timeouts).await.err(), Some(Problem::RequestTimeout));
            assert_eq!(withheld(MAX_BODY_BYTES + 1, timeouts).await.err(), Some(Problem::PayloadTooLarge));
        }
    }

    #[tokio::test]
    async fn a_body_that_arrives_later_is_read_and_marked_as_awaited() {
        let late = stream::once(async {
            tokio::task::yield_now().await;
            Ok::<_, Infallible>(Bytes::from_static(b"late"))
        });
        assert_eq!(outcome(Body::from_stream(late)).await, Ok((4, true)));
    }
}
