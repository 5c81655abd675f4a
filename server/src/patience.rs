//! Clients that pause too long are given up: within the body they send, and while they take our answer.

use axum::BoxError;
use bytes::Bytes;
use hyper::body::{Body, Frame, Incoming, SizeHint};
use std::{
    io,
    pin::Pin,
    task::{Context, Poll, ready},
    time::Duration,
};
use tokio::{
    io::{AsyncRead, AsyncWrite, ReadBuf},
    net::TcpStream,
    time::{Instant, Sleep, sleep},
};

/// A request body with a limit to each pause.
pub struct PatientBody {
    body: Incoming,
    longest_pause: Duration,
    pause: Option<Pin<Box<Sleep>>>,
}

impl PatientBody {
    /// Limits the pauses of a body.
    pub fn new(body: Incoming, longest_pause: Duration) -> Self {
        Self { body, longest_pause, pause: None }
    }
}

impl Body for PatientBody {
    type Data = Bytes;
    type Error = BoxError;

    fn poll_frame(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, BoxError>>> {
        if let Poll::Ready(frame) = Pin::new(&mut self.body).poll_frame(cx) {
            self.pause = None;
            return Poll::Ready(frame.map(|frame| frame.map_err(Into::into)));
        }
        let longest_pause = self.longest_pause;
        let pause = self.pause.get_or_insert_with(|| Box::pin(sleep(longest_pause)));
        ready!(pause.as_mut().poll(cx));
        pause.as_mut().reset(Instant::now() + longest_pause);
        Poll::Ready(Some(Err("the client paused too long within the body".into())))
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

/// A socket whose other end must keep taking what is written to it.
pub struct PatientStream {
    stream: TcpStream,
    longest_pause: Duration,
    pause: Option<Pin<Box<Sleep>>>,
}

impl PatientStream {
    /// Limits the pauses of the reader at the other end.
    pub fn new(stream: TcpStream, longest_pause: Duration) -> Self {
        Self { stream, longest_pause, pause: None }
    }

    /// Passes on what a write came to, unless it has waited too long.
    fn limit<T>(&mut self, cx: &mut Context<'_>, written: Poll<io::Result<T>>) -> Poll<io::Result<T>> {
        if written.is_ready() {
            self.pause = None;
            return written;
        }
        let longest_pause = self.longest_pause;
        ready!(self.pause.get_or_insert_with(|| Box::pin(sleep(longest_pause))).as_mut().poll(cx));
        self.pause = None;
        Poll::Ready(Err(io::Error::new(io::ErrorKind::TimedOut, "the client takes nothing more of the answer")))
    }
}

impl AsyncRead for PatientStream {
    fn poll_read(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buffer: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_read(cx, buffer)
    }
}

impl AsyncWrite for PatientStream {
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
