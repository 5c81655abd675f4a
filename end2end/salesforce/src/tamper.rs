//! Faults that manipulate the body of a response.

use crate::state::faults::Fault;
use axum::body::Body;
use axum::response::Response;
use bytes::{Bytes, BytesMut};
use futures::future::ready;
use futures::{Stream, StreamExt, stream};
use http::{HeaderName, HeaderValue, header};
use std::time::Duration;

const MAX_CHUNKS: usize = 1_000_000;
const CHUNK_BYTES: usize = 16 * 1_024;

/// Error with which an injected fault ends a response early.
#[derive(Debug)]
pub struct Dropped;

impl std::fmt::Display for Dropped {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("injected fault")
    }
}

impl std::error::Error for Dropped {}

pub fn apply(mut response: Response, fault: &Fault) -> Response {
    for (name, value) in &fault.headers {
        if let (Ok(name), Ok(value)) = (HeaderName::try_from(name), HeaderValue::try_from(value)) {
            response.headers_mut().insert(name, value);
        }
    }
    if let Some(offset) = fault.flip_byte_at {
        response = flip(response, offset);
    }
    if fault.endless {
        response = endless(response);
    }
    if let Some(length) = fault.truncate_body_at {
        response = truncate(response, length, fault.drop_connection);
    }
    match fault.content_length {
        Some(length) => set_length(response, length),
        None => response,
    }
}

/// Truncates the body. If `abruptly` is set, the connection breaks after the truncated body. Otherwise the truncated body seems
/// complete.
fn truncate(response: Response, length: usize, abruptly: bool) -> Response {
    let (mut parts, body) = response.into_parts();
    parts.headers.remove(header::CONTENT_LENGTH);
    let kept = take_bytes(body, length).map(Ok);
    let end = stream::iter(abruptly.then_some(Err(Dropped)));
    // The delay lets the client receive the bytes before the error, so that the client gets an incomplete body, not a failed
    // request.
    let end = end.then(|broken| async move {
        tokio::time::sleep(Duration::from_millis(20)).await;
        broken
    });
    Response::from_parts(parts, Body::from_stream(kept.chain(end)))
}

fn take_bytes(body: Body, length: usize) -> impl Stream<Item = Bytes> + Send + 'static {
    body.into_data_stream().scan(length, |left, chunk| {
        let part = chunk.ok().map(|chunk| chunk.slice(..chunk.len().min(*left))).filter(|part| !part.is_empty());
        *left -= part.as_ref().map_or(0, Bytes::len);
        ready(part)
    })
}

/// Flips one bit of the byte at `place`.
fn flip(response: Response, place: usize) -> Response {
    let (parts, body) = response.into_parts();
    let flipped = body.into_data_stream().scan(0, move |begin, chunk| {
        let chunk = chunk.ok().map(|chunk| {
            let mut bytes = BytesMut::from(chunk.as_ref());
            if let Some(byte) = place.checked_sub(*begin).and_then(|place| bytes.get_mut(place)) {
                *byte ^= 1;
            }
            *begin += bytes.len();
            bytes.freeze()
        });
        ready(chunk.map(Ok::<_, Dropped>))
    });
    Response::from_parts(parts, Body::from_stream(flipped))
}

/// Appends spaces to the body until the client disconnects. JSON allows spaces after a value.
fn endless(response: Response) -> Response {
    let (mut parts, body) = response.into_parts();
    parts.headers.remove(header::CONTENT_LENGTH);
    let chunk = Bytes::from(vec![b' '; CHUNK_BYTES]);
    let rest = stream::repeat(chunk).take(MAX_CHUNKS).map(Ok);
    Response::from_parts(parts, Body::from_stream(body.into_data_stream().chain(rest)))
}

/// Sets the `Content-Length` header. If the body is shorter than `length`, the connection breaks after the body. If the body is
/// longer, it is truncated.
fn set_length(response: Response, length: u64) -> Response {
    let (mut parts, body) = response.into_parts();
    parts.headers.insert(header::CONTENT_LENGTH, length.into());
    // Excess bytes are removed, because hyper would close the connection when it reaches them. The client might then not have
    // received the other bytes yet.
    let kept = take_bytes(body, usize::try_from(length).unwrap_or(usize::MAX)).map(Ok::<_, Dropped>);
    Response::from_parts(parts, Body::from_stream(kept))
}
