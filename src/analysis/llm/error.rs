//! Why a language model was of no help.

use crate::connectors::http::CallError;

/// The reason why the language model gave no findings.
#[derive(Debug, thiserror::Error)]
pub enum LlmError {
    /// The request could not be made or answered.
    #[error("the language model could not be reached")]
    Unreachable(#[source] CallError),
    /// The outbound proxy did not connect to it.
    #[error("the outbound proxy did not connect to the language model")]
    Proxy(#[source] CallError),
    /// No answer in time.
    #[error("the language model took too long")]
    TimedOut,
    /// Another status than 200.
    #[error("the language model answered with status {status}")]
    Refused {
        /// The HTTP status.
        status: u16,
    },
    /// More bytes than an answer has.
    #[error("the language model's answer is too large")]
    TooLarge,
    /// Not the JSON that was asked for.
    #[error("the language model's answer is not what was asked for")]
    NotUnderstood,
    /// No clause, as a document might order the model to say.
    #[error("the language model found no clauses")]
    FoundNothing,
    /// More text than is sent to a language model.
    #[error("the document is too long for the language model")]
    DocumentTooLong,
}

impl From<CallError> for LlmError {
    fn from(error: CallError) -> Self {
        if error.is_of_proxy() { Self::Proxy(error) } else { Self::Unreachable(error) }
    }
}
