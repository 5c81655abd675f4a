//! The bytes of an answer on their way out, and what a test orders of them: other bytes, an end in the middle, silence.

use std::io;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, ready};
use std::time::Duration;

use bytes::{Buf, Bytes};
use serde::{Deserialize, Serialize};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;
use tokio::time::Sleep;

/// A connection that is silent on purpose ends after this long all the same.
const LONGEST_SILENCE: Duration = Duration::from_secs(600);

/// What the connection does where the bytes end.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Then {
    /// It is closed.
    #[default]
    Close,
    /// It is reset.
    Reset,
    /// It stays open, and nothing comes any more.
    Stall,
}

/// What is done to the next answer of a connection.
#[derive(Debug)]
pub struct Orders {
    /// These bytes first.
    pub instead: Bytes,
    /// Then so many of the answer's own.
    pub left: usize,
    /// Then this.
    pub then: Then,
}

/// Where orders for a connection are left.
#[derive(Clone, Debug, Default)]
pub struct Wire(Arc<Mutex<Option<Orders>>>);

impl Wire {
    /// Leaves orders for the answer that comes next. The connection ends with it.
    pub fn order(&self, orders: Orders) {
        *self.lock() = Some(orders);
    }

    fn lock(&self) -> MutexGuard<'_, Option<Orders>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A connection whose outgoing bytes follow the orders of its wire.
#[derive(Debug)]
pub struct Tampered {
    stream: TcpStream,
    wire: Wire,
    silence: Option<Pin<Box<Sleep>>>,
}

impl Tampered {
    /// A connection without orders yet.
    pub fn new(stream: TcpStream, wire: Wire) -> Self {
        Tampered { stream, wire, silence: None }
    }

    fn end(&mut self, then: Then, context: &mut Context<'_>) -> Poll<io::Result<usize>> {
        match then {
            Then::Close => {}
            Then::Reset => self.stream.set_zero_linger()?,
            Then::Stall => {
                let silence = self.silence.get_or_insert_with(|| Box::pin(tokio::time::sleep(LONGEST_SILENCE)));
                ready!(silence.as_mut().poll(context));
            }
        }
        Poll::Ready(Err(io::Error::new(io::ErrorKind::BrokenPipe, "ended as ordered")))
    }
}

impl AsyncWrite for Tampered {
    fn poll_write(self: Pin<&mut Self>, context: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        let this = self.get_mut();
        let wire = this.wire.clone();
        let mut orders = wire.lock();
        let Some(orders) = orders.as_mut() else { return Pin::new(&mut this.stream).poll_write(context, bytes) };
        while !orders.instead.is_empty() {
            let written = ready!(Pin::new(&mut this.stream).poll_write(context, &orders.instead))?;
            orders.instead.advance(written);
        }
        if orders.left == 0 {
            return this.end(orders.then, context);
        }
        let written = ready!(Pin::new(&mut this.stream).poll_write(context, &bytes[..bytes.len().min(orders.left)]))?;
        orders.left -= written;
        Poll::Ready(Ok(written))
    }

    fn poll_flush(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().stream).poll_flush(context)
    }

    fn poll_shutdown(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().stream).poll_shutdown(context)
    }
}

impl AsyncRead for Tampered {
    fn poll_read(self: Pin<&mut Self>, context: &mut Context<'_>, buffer: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().stream).poll_read(context, buffer)
    }
}
