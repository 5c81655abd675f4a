//! Request bodies: one layer reads them before any handler runs.
//!
//! A client decides in how many pieces a body arrives, and each piece holds the read buffer of its socket. Every body is therefore copied
//! into one buffer of bounded size, and has a deadline as a whole. Webhook and uploads read their own bodies: the webhook checks its secret
//! first, with [`read`], and a file may be larger than memory ([`crate::extract::multipart`]).

use crate::{
    api::{problem::ApiError, rejection::Rejection},
    identity::authentication,
    layers::authorization,
    state::AppState,
};
use axum::{
    body::{Body, HttpBody, to_bytes},
    extract::{Request, State},
    middleware::Next,
    response::{IntoResponse, Response},
};
use bytes::Bytes;
use futures::FutureExt;
use http::{
    Extensions, HeaderMap, Method,
    header::{CONNECTION, CONTENT_TYPE},
};
use http_body_util::BodyExt;
use lexicontract::{domain::problem::Problem, services::is_webhook_path};
use std::time::Duration;
use tokio::time::{Instant, timeout_at};

/// The largest body that is not an upload.
pub const MAX_BODY_BYTES: usize = 64 * 1024;
/// Read and discarded beyond the limit, so that the client receives the answer instead of a closed connection.
const DRAINED_BYTES: usize = 1024 * 1024;
/// How long a whole body may take, from the request's head on.
pub const BODY_TIMEOUT: Duration = Duration::from_secs(30);
/// The longest pause within a body.
pub const PAUSE_TIMEOUT: Duration = Duration::from_secs(10);

/// The uploads (all of them POST), whose handlers read the body themselves, as the webhook does.
const UPLOADS: [&str; 3] = ["/api/v1/contracts", "/api/v1/contracts/", "/actions/upload"];

/// When a body must have arrived. The accept loop puts it into the request's extensions.
#[derive(Clone, Copy, Debug)]
pub struct BodyTimeouts {
    /// Until when the body must be complete.
    pub deadline: Instant,
    /// The longest pause within it.
    pub pause: Duration,
}

impl BodyTimeouts {
    /// The timeouts of a request whose head has just arrived.
    pub fn starting_now(whole: Duration, pause: Duration) -> Self {
        Self { deadline: Instant::now() + whole, pause }
    }

    /// The timeouts of the request with these extensions.
    pub fn of(extensions: &Extensions) -> Self {
        extensions.get().copied().unwrap_or_default()
    }
}

impl Default for BodyTimeouts {
    fn default() -> Self {
        Self::starting_now(BODY_TIMEOUT, PAUSE_TIMEOUT)
    }
}

/// The body that the layer has read, in the request's extensions: for layers that look into it and pass it on.
#[derive(Clone)]
pub struct RequestBody(pub Bytes);

/// A body that has arrived.
#[derive(Debug)]
pub struct Whole {
    /// Its bytes.
    pub bytes: Bytes,
    /// Whether the server had to wait for it. Authorization from before may no longer hold.
    pub was_awaited: bool,
}

/// Reads the body, and authorizes the request again when the body had to be awaited: the caller may have been removed, disabled or demoted.
pub async fn buffer(State(state): State<AppState>, request: Request, next: Next) -> Response {
    if request.body().is_end_stream() || is_streamed(request.method(), request.uri().path()) {
        return next.run(request).await;
    }
    let refusal = Rejection::of(&request);
    let (mut parts, body) = request.into_parts();
    let body = match read(body, MAX_BODY_BYTES, BodyTimeouts::of(&parts.extensions)).await {
        Ok(body) => body,
        Err(problem) => return closing(refusal.answer(problem)),
    };
    parts.extensions.insert(RequestBody(body.bytes.clone()));
    let mut request = Request::from_parts(parts, Body::from(body.bytes));
    if !body.was_awaited {
        return next.run(request).await;
    }
    match authentication::identify(&state, &mut request).await {
        Ok(()) => authorization::admit(State(state), request, next).await,
        Err(failure) => failure.into_response(),
    }
}

fn is_streamed(method: &Method, path: &str) -> bool {
    *method == Method::POST && (is_webhook_path(path) || UPLOADS.contains(&path))
}

/// What is left of the body must not be read as the next request.
fn closing(mut response: Response) -> Response {
    response.headers_mut().insert(CONNECTION, http::HeaderValue::from_static("close"));
    response
}

/// Copies a body of at most `limit` bytes into one buffer, whatever its `Content-Length` says.
///
/// # Errors
/// [`Problem::PayloadTooLarge`], [`Problem::RequestTimeout`], or [`Problem::InvalidJson`] when the connection or its encoding breaks.
pub async fn read(mut body: Body, limit: usize, timeouts: BodyTimeouts) -> Result<Whole, Problem> {
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
    if length > limit { Err(Problem::PayloadTooLarge) } else { Ok(Whole { bytes: Bytes::from(bytes), was_awaited }) }
}

/// The bytes of a body that the layer has read.
///
/// # Errors
/// [`Problem::PayloadTooLarge`] for a body that the layer has not read and that is larger than it allows.
pub async fn contents(body: Body) -> Result<Bytes, ApiError> {
    to_bytes(body, MAX_BODY_BYTES).await.map_err(|_| ApiError::from(Problem::PayloadTooLarge))
}

/// Whether the body claims to be a plain form, whatever the parameters of its type.
pub fn is_form(headers: &HeaderMap) -> bool {
    let value = headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let essence = value.split(';').next().unwrap_or_default();
    essence.trim().eq_ignore_ascii_case("application/x-www-form-urlencoded")
}

#[cfg(test)]
mod tests {
    use super::*;
    use futures::{StreamExt, stream};
    use std::convert::Infallible;

    async fn outcome(body: Body) -> Result<(usize, bool), Problem> {
        read(body, MAX_BODY_BYTES, BodyTimeouts::default()).await.map(|whole| (whole.bytes.len(), whole.was_awaited))
    }

    #[tokio::test]
    async fn a_body_of_the_largest_size_is_read_and_one_byte_more_is_refused_whatever_its_length_says() {
        assert_eq!(outcome(Body::from(vec![0; MAX_BODY_BYTES])).await, Ok((MAX_BODY_BYTES, false)));
        assert_eq!(outcome(Body::from(vec![0; MAX_BODY_BYTES + 1])).await, Err(Problem::PayloadTooLarge));
        for length in [MAX_BODY_BYTES, MAX_BODY_BYTES + 1, 10 * DRAINED_BYTES] {
            let pieces = (0..length).map(|_| Ok::<_, Infallible>(Bytes::from_static(b"a")));
            let expected = if length == MAX_BODY_BYTES { Ok((length, false)) } else { Err(Problem::PayloadTooLarge) };
            assert_eq!(outcome(Body::from_stream(stream::iter(pieces))).await, expected, "{length}");
        }
    }

    /// What has arrived when the time is over, of a body that never ends.
    async fn withheld(arrived: usize, timeouts: BodyTimeouts) -> Result<Whole, Problem> {
        let arrived = stream::once(async move { Ok::<_, Infallible>(Bytes::from(vec![0; arrived])) });
        read(Body::from_stream(arrived.chain(stream::pending())), MAX_BODY_BYTES, timeouts).await
    }

    #[tokio::test]
    async fn a_body_that_does_not_end_in_time_or_pauses_too_long_is_given_up() {
        let over = BodyTimeouts { deadline: Instant::now(), ..BodyTimeouts::default() };
        let paused = BodyTimeouts { pause: Duration::ZERO, ..BodyTimeouts::default() };
        for timeouts in [over, paused] {
            assert_eq!(withheld(1, timeouts).await.err(), Some(Problem::RequestTimeout));
            assert_eq!(withheld(MAX_BODY_BYTES + 1, timeouts).await.err(), Some(Problem::PayloadTooLarge));
        }
        assert_eq!((BODY_TIMEOUT.as_secs(), PAUSE_TIMEOUT.as_secs()), (30, 10));
    }

    #[tokio::test]
    async fn a_body_that_comes_later_is_read_whole_and_known_to_be_late() {
        let late = stream::once(async {
            tokio::task::yield_now().await;
            Ok::<_, Infallible>(Bytes::from_static(b"late"))
        });
        assert_eq!(outcome(Body::from_stream(late)).await, Ok((4, true)));
    }

    #[test]
    fn only_the_webhook_and_uploads_read_their_own_bodies() {
        for webhook in ["/api/v1/integrations/salesforce/webhook", "/api/v1/integrations/salesforce/webhook/"] {
            assert!(is_streamed(&Method::POST, webhook) && !is_streamed(&Method::GET, webhook));
        }
        assert!(is_streamed(&Method::POST, "/actions/upload"));
        assert!(!is_streamed(&Method::GET, "/api/v1/contracts") && !is_streamed(&Method::POST, "/actions/set_theme"));
    }
}
