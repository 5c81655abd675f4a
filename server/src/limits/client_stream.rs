//! Wrappers for the socket and the bodies of a connection, which record the [`Activity`] of the connection and enforce the minimum
//! rate at which the client must read a response.

use super::connections::Activity;
use super::minimum_rate::{MinimumRate, RateMeter};
use axum::body::Body;
use bytes::Bytes;
use http_body_util::BodyExt;
use hyper::body::{Body as HttpBody, Frame, Incoming, SizeHint};
use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;
use tokio::time::{Instant, Sleep, sleep};

/// A TCP stream whose writes fail if the client reads the response below the minimum rate.
pub struct ClientStream {
    stream: TcpStream,
    activity: Arc<Activity>,
    meter: RateMeter,
    /// Time at which the current write blocked, and the timer that makes the write fail.
    blocked: Option<(Instant, Pin<Box<Sleep>>)>,
}

impl ClientStream {
    pub fn new(stream: TcpStream, activity: Arc<Activity>, response_rate: MinimumRate) -> Self {
        Self { stream, activity, meter: RateMeter::new(response_rate), blocked: None }
    }

    /// Returns the result of a write, or an error if the client reads too slowly.
    fn check_rate(&mut self, cx: &mut Context<'_>, written: Poll<io::Result<usize>>) -> Poll<io::Result<usize>> {
        if let Poll::Ready(written) = written {
            let waited = self.blocked.take().map(|(since, _)| since.elapsed()).unwrap_or_default();
            let bytes = written.as_ref().map_or(0, |bytes| *bytes);
            self.meter.record(waited, bytes);
            self.activity.record_bytes(bytes);
            return Poll::Ready(written);
        }
        self.activity.wait_for_client();
        let time_left = self.meter.time_left();
        let (_, sleep) = self.blocked.get_or_insert_with(|| (Instant::now(), Box::pin(sleep(time_left))));
        ready!(sleep.as_mut().poll(cx));
        Poll::Ready(Err(io::Error::new(io::ErrorKind::TimedOut, "the client reads the response too slowly")))
    }
}

impl AsyncRead for ClientStream {
    fn poll_read(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buffer: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        let before = buffer.filled().len();
        let read = Pin::new(&mut self.stream).poll_read(cx, buffer);
        if read.is_pending() {
            self.activity.record_idle_socket();
        } else {
            // Ends the measurement of the previous response. hyper reads at most once during a response, so a slow client cannot
            // gain time repeatedly by sending data.
            self.meter.restart();
            self.activity.record_bytes(buffer.filled().len() - before);
        }
        read
    }
}

impl AsyncWrite for ClientStream {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        let written = Pin::new(&mut self.stream).poll_write(cx, bytes);
        self.check_rate(cx, written)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffers: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let written = Pin::new(&mut self.stream).poll_write_vectored(cx, buffers);
        self.check_rate(cx, written)
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

pub struct RequestBody {
    pub body: Incoming,
    pub activity: Arc<Activity>,
}

impl HttpBody for RequestBody {
    type Data = Bytes;
    type Error = hyper::Error;

    fn poll_frame(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, hyper::Error>>> {
        let frame = Pin::new(&mut self.body).poll_frame(cx);
        if frame.is_pending() {
            self.activity.wait_for_client();
        } else {
            self.activity.record_bytes(0);
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

/// Records the end of the request immediately if the length of the response is known, otherwise when the response body is dropped.
pub fn end_request_after(body: Body, activity: Arc<Activity>) -> Body {
    let end = EndRequest(activity);
    if body.size_hint().exact().is_some() {
        return body;
    }
    Body::new(body.map_frame(move |frame| {
        // The closure owns the guard, so the guard is dropped with the body.
        let _ = &end;
        frame
    }))
}

struct EndRequest(Arc<Activity>);

impl Drop for EndRequest {
    fn drop(&mut self) {
        self.0.end_request();
    }
}
