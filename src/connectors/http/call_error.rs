//! Why a request got no response, or not all of it.

use super::{guard::NotPublic, tunnel::TunnelError};
use crate::connectors::{Error, Fault};
use std::error::Error as StdError;

/// A request without a whole response. It holds no address: a query may hold what a person wrote.
#[derive(Debug, thiserror::Error)]
#[error("{what}")]
pub struct CallError {
    fault: Fault,
    what: String,
    outcome_unknown: bool,
    #[source]
    source: Box<dyn StdError + Send + Sync>,
}

impl CallError {
    /// A cause in the chain of `source` decides; `is_connect` tells whether there was no connection yet.
    fn new(source: impl Into<Box<dyn StdError + Send + Sync>>, is_connect: bool, is_timeout: bool) -> Self {
        let source = source.into();
        let (fault, what) = match (below::<TunnelError>(&*source), below::<NotPublic>(&*source)) {
            (Some(tunnel), _) => (tunnel.fault(), tunnel.to_string()),
            (None, Some(_)) => (Fault::NotPublic, "not sent".to_owned()),
            (None, None) if is_connect => (Fault::NoConnection, "no connection".to_owned()),
            (None, None) if is_timeout => (Fault::TimeOut, "no answer in time".to_owned()),
            (None, None) => (Fault::BrokenOff, "the connection broke".to_owned()),
        };
        Self { fault, what, outcome_unknown: !is_connect, source }
    }

    /// No response in time through a proxy.
    pub(super) fn timed_out(elapsed: tokio::time::error::Elapsed) -> Self {
        Self::new(elapsed, false, true)
    }

    /// Whether the outbound proxy is the cause, and not the host that was called.
    pub(crate) fn is_of_proxy(&self) -> bool {
        matches!(self.fault, Fault::ProxyUnreachable | Fault::ProxyRefused)
    }

    /// What it means for a connector; `call` names the request in the log.
    pub(super) fn in_call(self, call: &str) -> Error {
        let mut error = Error::fault(self.fault, format!("{call}: {}", self.what));
        error.outcome_unknown = self.outcome_unknown;
        error.because(self.source)
    }
}

impl From<reqwest::Error> for CallError {
    fn from(error: reqwest::Error) -> Self {
        let error = error.without_url();
        let (is_connect, is_timeout) = (error.is_connect(), error.is_timeout());
        let is_builder = error.is_builder();
        let call_error = Self::new(error, is_connect, is_timeout);
        Self { outcome_unknown: call_error.outcome_unknown && !is_builder, ..call_error }
    }
}

impl From<hyper_util::client::legacy::Error> for CallError {
    fn from(error: hyper_util::client::legacy::Error) -> Self {
        let is_connect = error.is_connect();
        Self::new(error, is_connect, false)
    }
}

/// The first cause of that type in a chain of errors.
fn below<'e, E: StdError + 'static>(error: &'e (dyn StdError + 'static)) -> Option<&'e E> {
    let mut cause = Some(error);
    while let Some(error) = cause {
        if let Some(found) = error.downcast_ref() {
            return Some(found);
        }
        cause = error.source();
    }
    None
}
