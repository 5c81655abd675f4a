//! Errors in the use of the language model.

use crate::connectors::http::CallError;

/// An error from the language model. Its message becomes part of the engine name in [`analysis::Findings`].
#[derive(Debug, thiserror::Error)]
pub enum LlmError {
    #[error("the language model could not be reached")]
    Unreachable(#[source] CallError),
    #[error("the outbound proxy did not connect to the language model")]
    Proxy(#[source] CallError),
    #[error("the language model took too long")]
    TimedOut,
    #[error("the language model answered with status {status}")]
    Status { status: u16 },
    #[error("the language model's answer is too large")]
    TooLarge,
    /// The response is not JSON in the requested format.
    #[error("the language model's answer is not what was asked for")]
    InvalidResponse,
    /// The model found no clauses. This counts as an error, because a malicious document can instruct the model to report none.
    #[error("the language model found no clauses")]
    NoClauses,
    #[error("the document is too long for the language model")]
    DocumentTooLong,
}

impl From<CallError> for LlmError {
    fn from(error: CallError) -> Self {
        if error.is_proxy_error() { Self::Proxy(error) } else { Self::Unreachable(error) }
    }
}
