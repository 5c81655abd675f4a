//! Changes of a body that a test orders: cut, flipped, another length claimed, without an end.

use std::time::Duration;

use axum::body::Body;
use axum::response::Response;
use bytes::{Bytes, BytesMut};
use futures::future::ready;
use futures::{Stream, StreamExt, stream};
use http::{HeaderName, HeaderValue, header};

use crate::state::faults::Fault;

/// An endless body ends after so many pieces all the same.
const MOST_PIECES: usize = 1_000_000;
const PIECE_BYTES: usize = 16 * 1_024;

/// The connection ends because a test ordered it.
#[derive(Debug)]
pub struct Dropped;

impl std::fmt::Display for Dropped {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("dropped as ordered")
    }
}

impl std::error::Error for Dropped {}

/// The answer as the fault wants it.
pub fn alter(mut response: Response, fault: &Fault) -> Response {
    for (name, value) in &fault.headers {
        if let (Ok(name), Ok(value)) = (HeaderName::try_from(name), HeaderValue::try_from(value)) {
            response.headers_mut().insert(name, value);
        }
    }
    if let Some(place) = fault.flip_byte_at {
        response = flip(response, place);
    }
    if fault.endless {
        response = endless(response);
    }
    if let Some(length) = fault.truncate_body_at {
        response = truncate(response, length, fault.drop_connection);
    }
    match fault.content_length {
        Some(length) => claim(response, length),
        None => response,
    }
}

/// Cuts the body; with `abruptly` the connection breaks there, else the body seems complete.
fn truncate(response: Response, length: usize, abruptly: bool) -> Response {
    let (mut parts, body) = response.into_parts();
    parts.headers.remove(header::CONTENT_LENGTH);
    let kept = first(body, length).map(Ok);
    let end = stream::iter(abruptly.then_some(Err(Dropped)));
    // The pause lets the bytes before it leave, so that the reader sees a body that breaks and not a call that fails.
    let end = end.then(|broken| async move {
        tokio::time::sleep(Duration::from_millis(20)).await;
        broken
    });
    Response::from_parts(parts, Body::from_stream(kept.chain(end)))
}

/// The first bytes of a body.
fn first(body: Body, length: usize) -> impl Stream<Item = Bytes> + Send + 'static {
    body.into_data_stream().scan(length, |left, chunk| {
        let part = chunk.ok().map(|chunk| chunk.slice(..chunk.len().min(*left))).filter(|part| !part.is_empty());
        *left -= part.as_ref().map_or(0, Bytes::len);
        ready(part)
    })
}

/// Changes one byte: the length stays, the checksum does not.
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

/// Goes on after the body with spaces, which JSON lets pass, for as long as anybody listens.
fn endless(response: Response) -> Response {
    let (mut parts, body) = response.into_parts();
    parts.headers.remove(header::CONTENT_LENGTH);
    let piece = Bytes::from(vec![b' '; PIECE_BYTES]);
    let rest = stream::repeat(piece).take(MOST_PIECES).map(Ok);
    Response::from_parts(parts, Body::from_stream(body.into_data_stream().chain(rest)))
}

/// Claims a length, whatever the body has: a shorter body breaks off, a longer one is cut.
fn claim(response: Response, length: u64) -> Response {
    let (mut parts, body) = response.into_parts();
    parts.headers.insert(header::CONTENT_LENGTH, length.into());
    // The server would end the connection at the first byte too many, perhaps before the others have left.
    let kept = first(body, usize::try_from(length).unwrap_or(usize::MAX)).map(Ok::<_, Dropped>);
    Response::from_parts(parts, Body::from_stream(kept))
}
