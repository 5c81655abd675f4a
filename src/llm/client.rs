//! Client for an OpenAI-compatible API.

use crate::connectors::http::{CallError, Client};
use crate::secret::Secret;
use analysis::Findings;
use analysis::llm::{self, Chunk, Finding};
use analysis::text::Document;
use reqwest::StatusCode;
use std::time::Duration;
use tokio::time::timeout;

const RESPONSE_TIMEOUT: Duration = Duration::from_secs(60);
/// Time limit for the responses to all chunks of a document.
const TOTAL_TIMEOUT: Duration = Duration::from_secs(300);
const MAXIMUM_RESPONSE_BYTES: usize = 512 * 1024;

#[derive(Clone, Debug)]
pub struct LlmEngine {
    base_url: String,
    api_key: Option<Secret<String>>,
    model: String,
    pub(super) response_timeout: Duration,
}

/// Errors of the language model. The engine name in [`Findings`] contains the message of the error.
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
    #[error("the language model's answer is not what was asked for")]
    InvalidResponse,
    /// The result is empty. This is an error, because a malicious document can instruct the model to report no clauses.
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

impl LlmEngine {
    /// `base_url` is the URL without `/chat/completions`.
    pub fn new(base_url: &str, api_key: Option<Secret<String>>, model: &str) -> Self {
        let base_url = base_url.trim_end_matches('/').to_owned();
        Self { base_url, api_key, model: model.to_owned(), response_timeout: RESPONSE_TIMEOUT }
    }

    /// True if the text is short enough for the model.
    pub fn accepts(&self, text: &str) -> bool {
        llm::chunks(text).is_some()
    }

    pub async fn analyse(&self, client: &Client, document: &Document) -> Result<Findings, LlmError> {
        let found = timeout(TOTAL_TIMEOUT, self.find(client, &document.text)).await.map_err(|_| LlmError::TimedOut)??;
        if found.is_empty() {
            return Err(LlmError::NoClauses);
        }
        Ok(llm::findings(document, found, &self.model))
    }

    async fn find(&self, client: &Client, text: &str) -> Result<Vec<Finding>, LlmError> {
        let mut found = Vec::new();
        for chunk in llm::chunks(text).ok_or(LlmError::DocumentTooLong)? {
            let response = timeout(self.response_timeout, self.send(client, &chunk)).await.map_err(|_| LlmError::TimedOut)??;
            found.extend(chunk.findings(&response).ok_or(LlmError::InvalidResponse)?);
        }
        Ok(found)
    }

    async fn send(&self, client: &Client, chunk: &Chunk<'_>) -> Result<Vec<u8>, LlmError> {
        let mut request = client.post(format!("{}/chat/completions", self.base_url)).json(&chunk.request(&self.model));
        if let Some(key) = &self.api_key {
            request = request.bearer_auth(key.expose());
        }
        let mut response = client.send(request).await?;
        if response.status() != StatusCode::OK {
            return Err(LlmError::Status { status: response.status().as_u16() });
        }
        let mut body = Vec::new();
        while let Some(bytes) = response.chunk().await.map_err(CallError::from)? {
            if body.len() + bytes.len() > MAXIMUM_RESPONSE_BYTES {
                return Err(LlmError::TooLarge);
            }
            body.extend_from_slice(&bytes);
        }
        Ok(body)
    }
}
