//! The log output of a test.

use std::io::Write;
use std::sync::{Arc, Mutex, PoisonError};
use tracing::subscriber::DefaultGuard;
use tracing::{Dispatch, Level};
use tracing_subscriber::fmt::MakeWriter;

/// The log output of the test's thread.
#[derive(Clone, Default)]
pub struct Log(Arc<Mutex<Vec<u8>>>);

impl Write for Log {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

impl<'a> MakeWriter<'a> for Log {
    type Writer = Self;

    fn make_writer(&'a self) -> Self {
        self.clone()
    }
}

/// Captures the log output of the current thread until it is dropped.
pub struct Capture {
    _default: DefaultGuard,
    /// Second dispatcher. If there is only one, tracing-core asks only the first thread that reaches a log statement whether the
    /// statement is enabled (`has_just_one`). A thread without a subscriber would then disable the statement for all threads.
    _second: Dispatch,
}

impl Log {
    pub fn capture(level: Level) -> (Self, Capture) {
        let log = Self::default();
        let subscriber = || tracing_subscriber::fmt().with_max_level(level).with_writer(log.clone()).with_ansi(false).finish();
        let second = Dispatch::new(subscriber());
        let capture = Capture { _second: second, _default: tracing::subscriber::set_default(subscriber()) };
        (log, capture)
    }

    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.0.lock().unwrap()).into_owned()
    }
}
