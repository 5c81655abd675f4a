//! The socket of a client, and the bodies that go through it: they note what the connection waits for, and close it when answers are
//! taken too slowly.

use super::{
    connections::Activity,
    upload_rate::{MinimumRate, Pace},
};
use axum::body::Body;
use bytes::Bytes;
use hyper::body::{Body as HttpBody, Frame, Incoming, SizeHint};
use std::{
    io,
    pin::Pin,
    sync::Arc,
    task::{Context, Poll, ready},
};
use tokio::{
    io::{AsyncRead, AsyncWrite, ReadBuf},
    net::TcpStream,
    time::{Instant, Sleep, sleep},
};

/// A socket whose other end must take answers at a minimum rate.
pub struct ClientStream {
    stream: TcpStream,
    activity: Arc<Activity>,
    pace: Pace,
    /// Since when the client has not taken what is to be written, and when to give up.
    blocked: Option<(Instant, Pin<Box<Sleep>>)>,
}

impl ClientStream {
    /// Limits how slowly the client may take answers.
    pub fn new(stream: TcpStream, activity: Arc<Activity>, answer_rate: MinimumRate) -> Self {
        Self { stream, activity, pace: Pace::new(answer_rate), blocked: None }
    }

    /// Passes on the outcome of a write, unless the client is too slow.
    fn limit(&mut self, cx: &mut Context<'_>, written: Poll<io::Result<usize>>) -> Poll<io::Result<usize>> {
        if let Poll::Ready(written) = written {
            let waited = self.blocked.take().map_or_else(Default::default, |(since, _)| since.elapsed());
            let bytes = written.as_ref().map_or(0, |bytes| *bytes);
            self.pace.record(waited, bytes);
            self.activity.moves(bytes);
            return Poll::Ready(written);
        }
        self.activity.waits();
        let time_left = self.pace.time_left();
        let (_, sleep) = self.blocked.get_or_insert_with(|| (Instant::now(), Box::pin(sleep(time_left))));
        ready!(sleep.as_mut().poll(cx));
        Poll::Ready(Err(io::Error::new(io::ErrorKind::TimedOut, "the client takes the answer too slowly")))
    }
}

impl AsyncRead for ClientStream {
    fn poll_read(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buffer: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        let before = buffer.filled().len();
        let read = Pin::new(&mut self.stream).poll_read(cx, buffer);
        if read.is_pending() {
            self.activity.finds_nothing_to_read();
        } else {
            // While an answer is written, only what follows its request is read, once: the next answer begins with its own time.
            self.pace.restart();
            self.activity.moves(buffer.filled().len() - before);
        }
        read
    }
}

impl AsyncWrite for ClientStream {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        let written = Pin::new(&mut self.stream).poll_write(cx, bytes);
        self.limit(cx, written)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffers: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let written = Pin::new(&mut self.stream).poll_write_vectored(cx, buffers);
        self.limit(cx, written)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(cx)
    }
}

/// The body of a request: while a handler asks for more of it, the connection waits for the client.
pub struct ClientBody {
    body: Incoming,
    activity: Arc<Activity>,
}

impl ClientBody {
    /// Notes when the body is waited for.
    pub fn new(body: Incoming, activity: Arc<Activity>) -> Self {
        Self { body, activity }
    }
}

impl HttpBody for ClientBody {
    type Data = Bytes;
    type Error = hyper::Error;

    fn poll_frame(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, hyper::Error>>> {
        let frame = Pin::new(&mut self.body).poll_frame(cx);
        match frame.is_pending() {
            true => self.activity.waits(),
            false => self.activity.moves(0),
        }
        frame
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

/// The answer as it is: one whose length is known is complete already, of any other the end is noted.
pub fn noted(body: Body, activity: Arc<Activity>) -> Body {
    match body.size_hint().exact() {
        Some(_) => {
            activity.end_request();
            body
        }
        None => Body::new(Answer { body, activity }),
    }
}

/// An answer that is still being made.
struct Answer {
    body: Body,
    activity: Arc<Activity>,
}

impl HttpBody for Answer {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        Pin::new(&mut self.body).poll_frame(cx)
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

impl Drop for Answer {
    fn drop(&mut self) {
        self.activity.end_request();
    }
}
