//! Multipart forms, read part by part, with bounds before anything is decoded.
//!
//! The parser keeps preambles, headers of parts and everything that has arrived in one buffer without a limit, and reads for as long as the
//! body has something to give. It also takes a form that arrives completely between two looks into its buffer for one that breaks off.
//! So it gets its bytes through a [`Gate`]: apart from the file, only [`MAX_OVERHEAD_BYTES`] of a form arrive, and nothing arrives between
//! two looks of the same turn.

use crate::{
    api::problem::{ApiError, Result},
    limits::{
        request_body::BodyTimeouts,
        upload_rate::{MinimumRate, Pace},
    },
};
use axum::{
    body::{Body, HttpBody},
    extract::{
        DefaultBodyLimit, FromRequest, Multipart, Request,
        multipart::{Field, MultipartError},
    },
};
use bytes::Bytes;
use hyper::body::{Frame, SizeHint};
use lexicontract::domain::problem::{Invalid, Problem};
use std::{
    future::poll_fn,
    pin::{Pin, pin},
    sync::{
        Arc,
        atomic::{AtomicI64, AtomicU64, Ordering},
    },
    task::{Context, Poll},
    time::Duration,
};
use tokio::time::{Instant, timeout_at};

/// What a form may hold before its file, and again after it: titles, ids, headers of parts, unknown parts.
pub const MAX_OVERHEAD_BYTES: u32 = 16 * 1024;
/// More parts than any form of ours has.
const MAX_PARTS: usize = 16;
/// How fast a file must arrive.
const UPLOAD_RATE: MinimumRate = MinimumRate { bytes: 64 * 1024, within: Duration::from_secs(10) };
/// How much the parser gets before it has to look at what it has.
const READ_AHEAD_BYTES: usize = 256 * 1024;

/// A form that is being read.
pub struct Form {
    multipart: Multipart,
    gate: Arc<Gate>,
    timeouts: BodyTimeouts,
    parts: usize,
}

/// One part of a form.
pub struct Part<'f> {
    field: Field<'f>,
    gate: Arc<Gate>,
    deadline: Instant,
}

/// The bytes of a part that is a file.
pub struct FileBytes<'f> {
    field: Field<'f>,
    gate: Arc<Gate>,
    pace: Pace,
    left: u64,
}

impl Form {
    /// Begins to read a form.
    ///
    /// # Errors
    /// [`Problem::UnsupportedMediaType`] when the request holds no multipart form.
    pub async fn of(request: Request) -> Result<Self> {
        let timeouts = BodyTimeouts::of(request.extensions());
        let gate = Arc::new(Gate { bytes_left: AtomicI64::new(MAX_OVERHEAD_BYTES.into()), turn: AtomicU64::new(0) });
        let mut request = request.map(|body| Body::new(GatedBody { body, gate: gate.clone(), unbroken: 0, ended_turn: 0 }));
        DefaultBodyLimit::disable().apply(&mut request);
        let multipart = Multipart::from_request(request, &()).await.map_err(|_| Problem::UnsupportedMediaType)?;
        Ok(Self { multipart, gate, timeouts, parts: 0 })
    }

    /// The next part; what is left of the one before is skipped.
    ///
    /// # Errors
    /// The form is malformed, too large or too slow.
    pub async fn next(&mut self) -> Result<Option<Part<'_>>> {
        self.parts += 1;
        if self.parts > MAX_PARTS {
            return Err(Problem::PayloadTooLarge.into());
        }
        let (gate, deadline) = (self.gate.clone(), self.timeouts.deadline);
        let field = advance(&gate, deadline, self.multipart.next_field()).await?;
        Ok(field.map(|field| Part { field, gate, deadline }))
    }

    /// Gives what follows the file the time and the bytes that came before it.
    pub fn resume_after_file(&mut self) {
        self.gate.bytes_left.store(MAX_OVERHEAD_BYTES.into(), Ordering::Relaxed);
        self.timeouts.deadline = BodyTimeouts::default().deadline;
    }
}

impl<'f> Part<'f> {
    /// The name of its field.
    pub fn name(&self) -> Option<&str> {
        self.field.name()
    }

    /// The name of its file. Browsers send an empty one when no file was chosen.
    pub fn file_name(&self) -> Option<&str> {
        self.field.file_name().filter(|name| !name.trim().is_empty())
    }

    /// Its text, or `too_long` when it has more than `limit` bytes. What is no UTF-8 is replaced.
    ///
    /// # Errors
    /// The form is malformed or too slow, or the text too long.
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

    /// Takes the part for a file of at most `max_bytes`.
    pub fn into_file(self, max_bytes: u64) -> FileBytes<'f> {
        let allowed = i64::try_from(max_bytes).unwrap_or(i64::MAX / 2).saturating_add(MAX_OVERHEAD_BYTES.into());
        self.gate.bytes_left.fetch_add(allowed, Ordering::Relaxed);
        FileBytes { field: self.field, gate: self.gate, pace: Pace::new(UPLOAD_RATE), left: max_bytes }
    }
}

impl FileBytes<'_> {
    /// The next bytes; `None` at the end.
    ///
    /// # Errors
    /// The file is too large, arrives too slowly, or breaks off.
    pub async fn chunk(&mut self) -> Result<Option<Bytes>> {
        let began = Instant::now();
        let chunk = advance(&self.gate, began + self.pace.time_left(), self.field.chunk()).await?;
        let length = chunk.as_ref().map_or(0, Bytes::len);
        self.pace.record(began.elapsed(), length);
        self.left = self.left.checked_sub(length as u64).ok_or(Problem::PayloadTooLarge)?;
        Ok(chunk)
    }
}

/// Runs one step of the parser. A parser that waits at a closed gate has seen all that may arrive.
async fn advance<T>(
    gate: &Gate,
    deadline: Instant,
    step: impl Future<Output = std::result::Result<T, MultipartError>>,
) -> Result<T> {
    let mut step = pin!(step);
    let bounded = poll_fn(|cx| {
        gate.turn.fetch_add(1, Ordering::Relaxed);
        match step.as_mut().poll(cx) {
            Poll::Ready(outcome) => Poll::Ready(outcome.map_err(|_| ApiError::from(Invalid::Body))),
            Poll::Pending if gate.is_closed() => Poll::Ready(Err(Problem::PayloadTooLarge.into())),
            Poll::Pending => Poll::Pending,
        }
    });
    timeout_at(deadline, bounded).await.unwrap_or_else(|_| Err(Problem::RequestTimeout.into()))
}

/// What the parser may get.
struct Gate {
    /// How many bytes may still arrive; negative when it is closed, because the last chunk was larger than that.
    bytes_left: AtomicI64,
    /// How often the parser has been polled.
    turn: AtomicU64,
}

impl Gate {
    fn is_closed(&self) -> bool {
        self.bytes_left.load(Ordering::Relaxed) < 0
    }
}

/// A body that gives nothing at a closed gate, and ends the parser's turn now and then before it.
struct GatedBody {
    body: Body,
    gate: Arc<Gate>,
    /// How much has been given since the last pause.
    unbroken: usize,
    /// The turn in which there is nothing more to get.
    ended_turn: u64,
}

impl GatedBody {
    fn end_turn<T>(&mut self) -> Poll<T> {
        self.ended_turn = self.gate.turn.load(Ordering::Relaxed);
        self.unbroken = 0;
        Poll::Pending
    }
}

impl HttpBody for GatedBody {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<std::result::Result<Frame<Bytes>, axum::Error>>> {
        // `advance` sees a closed gate in the same poll.
        if self.gate.is_closed() || self.ended_turn == self.gate.turn.load(Ordering::Relaxed) {
            return Poll::Pending;
        }
        if self.unbroken >= READ_AHEAD_BYTES {
            cx.waker().wake_by_ref();
            return self.end_turn();
        }
        let Poll::Ready(frame) = Pin::new(&mut self.body).poll_frame(cx) else { return self.end_turn() };
        if let Some(data) = frame.as_ref().and_then(|frame| frame.as_ref().ok()).and_then(Frame::data_ref) {
            self.unbroken = self.unbroken.saturating_add(data.len());
            self.gate.bytes_left.fetch_sub(i64::try_from(data.len()).unwrap_or(i64::MAX / 2), Ordering::Relaxed);
        }
        Poll::Ready(frame)
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}
