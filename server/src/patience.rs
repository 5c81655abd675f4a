//! Bodies that must keep coming: a client that pauses too long within one is given up.

use axum::BoxError;
use bytes::Bytes;
use hyper::body::{Body, Frame, Incoming, SizeHint};
use std::{
    pin::Pin,
    task::{Context, Poll, ready},
    time::Duration,
};
use tokio::time::{Instant, Sleep, sleep};

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
