//! Faults that manipulate the bytes that the simulator sends on a connection. A fault can replace the bytes, close the connection
//! early, or stop sending.

use bytes::{Buf, Bytes};
use serde::{Deserialize, Serialize};
use std::io;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, ready};
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;
use tokio::time::Sleep;

const MAX_STALL: Duration = Duration::from_secs(600);

/// Action after the last byte of a manipulated response.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Then {
    #[default]
    Close,
    Reset,
    /// Keeps the connection open without sending more bytes.
    Stall,
}

#[derive(Debug)]
pub struct WireFault {
    pub replacement: Bytes,
    /// Number of bytes of the normal response to send after `replacement`.
    pub remaining: usize,
    pub then: Then,
}

/// The injected fault of a connection, if any. All clones share it.
#[derive(Clone, Debug, Default)]
pub struct Wire(Arc<Mutex<Option<WireFault>>>);

impl Wire {
    /// Applies a fault to the next response on the connection.
    pub fn inject(&self, fault: WireFault) {
        *self.lock() = Some(fault);
    }

    fn lock(&self) -> MutexGuard<'_, Option<WireFault>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A TCP connection that applies the injected fault to its outgoing bytes.
#[derive(Debug)]
pub struct FaultyStream {
    stream: TcpStream,
    wire: Wire,
    stall: Option<Pin<Box<Sleep>>>,
}

impl FaultyStream {
    pub fn new(stream: TcpStream, wire: Wire) -> Self {
        FaultyStream { stream, wire, stall: None }
    }

    fn end(&mut self, then: Then, context: &mut Context<'_>) -> Poll<io::Result<usize>> {
        match then {
            Then::Close => {}
            Then::Reset => self.stream.set_zero_linger()?,
            Then::Stall => {
                let stall = self.stall.get_or_insert_with(|| Box::pin(tokio::time::sleep(MAX_STALL)));
                ready!(stall.as_mut().poll(context));
            }
        }
        Poll::Ready(Err(io::Error::new(io::ErrorKind::BrokenPipe, "injected fault")))
    }
}

impl AsyncWrite for FaultyStream {
    fn poll_write(self: Pin<&mut Self>, context: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        let this = self.get_mut();
        let wire = this.wire.clone();
        let mut fault = wire.lock();
        let Some(fault) = fault.as_mut() else { return Pin::new(&mut this.stream).poll_write(context, bytes) };
        while !fault.replacement.is_empty() {
            let written = ready!(Pin::new(&mut this.stream).poll_write(context, &fault.replacement))?;
            fault.replacement.advance(written);
        }
        if fault.remaining == 0 {
            return this.end(fault.then, context);
        }
        let written = ready!(Pin::new(&mut this.stream).poll_write(context, &bytes[..bytes.len().min(fault.remaining)]))?;
        fault.remaining -= written;
        Poll::Ready(Ok(written))
    }

    fn poll_flush(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().stream).poll_flush(context)
    }

    fn poll_shutdown(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().stream).poll_shutdown(context)
    }
}

impl AsyncRead for FaultyStream {
    fn poll_read(self: Pin<&mut Self>, context: &mut Context<'_>, buffer: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().stream).poll_read(context, buffer)
    }
}
