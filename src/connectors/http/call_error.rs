use super::guard::NotPublic;
use super::tunnel::TunnelError;
use crate::connectors::{Error, Fault};
use std::error::Error as StdError;

/// Error for a request without a complete response. Omits the URL, because the query can contain user input.
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
    /// Finds the fault in the source chain of an error. `is_connect` means that the request was not sent.
    pub(super) fn new(source: impl Into<Box<dyn StdError + Send + Sync>>, is_connect: bool, is_timeout: bool) -> Self {
        let source = source.into();
        let (fault, what) = match (find_cause::<TunnelError>(&*source), find_cause::<NotPublic>(&*source)) {
            (Some(tunnel), _) => (tunnel.fault(), tunnel.to_string()),
            (None, Some(_)) => (Fault::NotPublic, "not sent".to_owned()),
            (None, None) if is_connect => (Fault::NoConnection, "no connection".to_owned()),
            (None, None) if is_timeout => (Fault::TimeOut, "no response in time".to_owned()),
            (None, None) => (Fault::BrokenOff, "the connection broke".to_owned()),
        };
        Self { fault, what, outcome_unknown: !is_connect, source }
    }

    /// Returns true if the outbound proxy failed, and false if the connection to the host failed.
    pub(crate) fn is_proxy_error(&self) -> bool {
        matches!(self.fault, Fault::ProxyUnreachable | Fault::ProxyRefused)
    }

    pub(super) fn in_call(self, call: &str) -> Error {
        let mut error = Error::fault(self.fault, format!("{call}: {}", self.what));
        error.outcome_unknown = self.outcome_unknown;
        error.with_source(self.source)
    }
}

impl From<reqwest::Error> for CallError {
    fn from(error: reqwest::Error) -> Self {
        let (is_connect, is_timeout, is_builder) = (error.is_connect(), error.is_timeout(), error.is_builder());
        let call_error = Self::new(error.without_url(), is_connect, is_timeout);
        Self { outcome_unknown: call_error.outcome_unknown && !is_builder, ..call_error }
    }
}

impl From<hyper_util::client::legacy::Error> for CallError {
    fn from(error: hyper_util::client::legacy::Error) -> Self {
        let is_connect = error.is_connect();
        Self::new(error, is_connect, false)
    }
}

fn find_cause<'e, E: StdError + 'static>(error: &'e (dyn StdError + 'static)) -> Option<&'e E> {
    let mut cause = Some(error);
    while let Some(error) = cause {
        if let Some(found) = error.downcast_ref() {
            return Some(found);
        }
        cause = error.source();
    }
    None
}
