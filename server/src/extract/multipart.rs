//! Multipart forms, read part by part with limits on size and time.
//!
//! A [`Gate`] between the body and the parser prevents two problems:
//!
//! - The parser buffers preambles and headers of parts without a limit. The gate limits the data before the file and the data
//!   after the file to [`MAX_OVERHEAD_BYTES`] each.
//! - The parser reports an incomplete form if the rest of the body arrives between two reads of one poll. After a pending read,
//!   the gate passes nothing until the next poll.

use crate::api::problem::{ApiError, Result};
use crate::limits::minimum_rate::{MinimumRate, RateMeter};
use crate::limits::request_body::BodyTimeouts;
use axum::body::Body;
use axum::extract::multipart::{Field, MultipartError};
use axum::extract::{DefaultBodyLimit, FromRequest, Multipart, Request};
use bytes::Bytes;
use futures::{StreamExt, stream};
use lexicontract::domain::problem::{Invalid, Problem};
use std::future::poll_fn;
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};
use std::task::Poll;
use std::time::Duration;
use tokio::time::{Instant, timeout_at};

/// Size limit for the data before the file. The same limit applies to the data after the file. The data includes titles, ids,
/// headers of parts and unknown parts.
pub const MAX_OVERHEAD_BYTES: u32 = 16 * 1024;
const MAX_PARTS: usize = 16;
const UPLOAD_RATE: MinimumRate = MinimumRate { bytes: 64 * 1024, within: Duration::from_secs(10) };
/// Number of bytes that the parser can read before it must process them.
const READ_AHEAD_BYTES: usize = 256 * 1024;

pub struct Form {
    multipart: Multipart,
    gate: Arc<Gate>,
    timeouts: BodyTimeouts,
    parts: usize,
}

pub struct Part<'f> {
    field: Field<'f>,
    gate: Arc<Gate>,
    deadline: Instant,
}

pub struct FileBytes<'f> {
    field: Field<'f>,
    gate: Arc<Gate>,
    meter: RateMeter,
    left: u64,
}

impl Form {
    pub async fn new(request: Request) -> Result<Self> {
        let timeouts = BodyTimeouts::of(request.extensions());
        let gate = Arc::new(Gate { bytes_left: AtomicI64::new(MAX_OVERHEAD_BYTES.into()), polls: AtomicU64::new(0) });
        let mut request = request.map(|body| gated(body, gate.clone()));
        DefaultBodyLimit::disable().apply(&mut request);
        let multipart = Multipart::from_request(request, &()).await.map_err(|_| Problem::UnsupportedMediaType)?;
        Ok(Self { multipart, gate, timeouts, parts: 0 })
    }

    /// Returns the next part. Skips the unread rest of the previous part.
    pub async fn next(&mut self) -> Result<Option<Part<'_>>> {
        self.parts += 1;
        if self.parts > MAX_PARTS {
            return Err(Problem::PayloadTooLarge.into());
        }
        let (gate, deadline) = (self.gate.clone(), self.timeouts.deadline);
        let field = advance(&gate, deadline, self.multipart.next_field()).await?;
        Ok(field.map(|field| Part { field, gate, deadline }))
    }

    /// Resets the limits for the parts after the file.
    pub fn resume_after_file(&mut self) {
        self.gate.bytes_left.store(MAX_OVERHEAD_BYTES.into(), Ordering::Relaxed);
        self.timeouts.deadline = BodyTimeouts::default().deadline;
    }
}

impl<'f> Part<'f> {
    pub fn name(&self) -> Option<&str> {
        self.field.name()
    }

    /// The file name. `None` for an empty name, which browsers send if the user has not chosen a file.
    pub fn file_name(&self) -> Option<&str> {
        self.field.file_name().filter(|name| !name.trim().is_empty())
    }

    /// Returns the text, and replaces invalid UTF-8. Fails with `too_long` if the text is longer than `limit` bytes.
    pub async fn text(mut self, limit: usize, too_long: Invalid) -> Result<String> {
        let mut text = Vec::new();
        while let Some(chunk) = advance(&self.gate, self.deadline, self.field.chunk()).await? {
            if text.len() + chunk.len() > limit {
                return Err(too_long.into());
            }
            text.extend_from_slice(&chunk);
        }
        Ok(String::from_utf8_lossy(&text).into_owned())
    }

    pub fn into_file(self, max_bytes: u64) -> FileBytes<'f> {
        let allowed = i64::try_from(max_bytes).unwrap_or(i64::MAX / 2).saturating_add(MAX_OVERHEAD_BYTES.into());
        self.gate.bytes_left.fetch_add(allowed, Ordering::Relaxed);
        FileBytes { field: self.field, gate: self.gate, meter: RateMeter::new(UPLOAD_RATE), left: max_bytes }
    }
}

impl FileBytes<'_> {
    /// Returns `None` at the end of the file. Fails if the file is too large, too slow or incomplete.
    pub async fn chunk(&mut self) -> Result<Option<Bytes>> {
        let started = Instant::now();
        let chunk = advance(&self.gate, started + self.meter.time_left(), self.field.chunk()).await?;
        let length = chunk.as_ref().map_or(0, Bytes::len);
        self.meter.record(started.elapsed(), length);
        self.left = self.left.checked_sub(length as u64).ok_or(Problem::PayloadTooLarge)?;
        Ok(chunk)
    }
}

/// Runs one step of the parser. Fails if the parser needs more data while the gate is closed.
async fn advance<T>(
    gate: &Gate,
    deadline: Instant,
    step: impl Future<Output = std::result::Result<T, MultipartError>>,
) -> Result<T> {
    let mut step = pin!(step);
    let bounded = poll_fn(|cx| {
        gate.polls.fetch_add(1, Ordering::Relaxed);
        match step.as_mut().poll(cx) {
            Poll::Ready(outcome) => Poll::Ready(outcome.map_err(|_| ApiError::from(Invalid::Body))),
            Poll::Pending if gate.is_closed() => Poll::Ready(Err(Problem::PayloadTooLarge.into())),
            Poll::Pending => Poll::Pending,
        }
    });
    timeout_at(deadline, bounded).await.unwrap_or_else(|_| Err(Problem::RequestTimeout.into()))
}

struct Gate {
    /// Number of bytes that can still pass. The gate is closed if the number is negative.
    bytes_left: AtomicI64,
    polls: AtomicU64,
}

impl Gate {
    fn is_closed(&self) -> bool {
        self.bytes_left.load(Ordering::Relaxed) < 0
    }
}

/// Returns a body that stays pending while the gate is closed. After [`READ_AHEAD_BYTES`] or a pending read, the body stays pending
/// until the parser is polled again.
fn gated(body: Body, gate: Arc<Gate>) -> Body {
    let mut data = body.into_data_stream();
    let (mut read_ahead, mut pending_poll) = (0_usize, 0);
    Body::from_stream(stream::poll_fn(move |cx| {
        let poll = gate.polls.load(Ordering::Relaxed);
        // Does not register a waker. If the gate is closed, `advance` fails in the same poll. Otherwise, the earlier pending read
        // has registered the waker.
        if gate.is_closed() || pending_poll == poll {
            return Poll::Pending;
        }
        let next = if read_ahead < READ_AHEAD_BYTES {
            data.poll_next_unpin(cx)
        } else {
            cx.waker().wake_by_ref();
            Poll::Pending
        };
        if next.is_pending() {
            (read_ahead, pending_poll) = (0, poll);
        } else if let Poll::Ready(Some(Ok(chunk))) = &next {
            read_ahead = read_ahead.saturating_add(chunk.len());
            gate.bytes_left.fetch_sub(i64::try_from(chunk.len()).unwrap_or(i64::MAX / 2), Ordering::Relaxed);
        }
        next
    }))
}
