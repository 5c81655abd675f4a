//! Asks an OpenAI-compatible endpoint, within bounds on time and bytes.

use std::time::Duration;

use super::LlmError;
use super::{answer, prompt};
use crate::analysis::opening::Finding;
use crate::connectors::http::{CallError, Client};
use crate::secret::Secret;

/// One answer may take this long, all together that long.
const ANSWER_TIME: Duration = Duration::from_secs(60);
const TOTAL_TIME: Duration = Duration::from_secs(300);
const MAXIMUM_ANSWER_BYTES: usize = 512 * 1024;

/// A language model behind an OpenAI-compatible API.
#[derive(Clone, Debug)]
pub struct LlmEngine {
    base_url: String,
    api_key: Option<Secret<String>>,
    model: String,
    answer_time: Duration,
}

impl LlmEngine {
    /// `base_url` is the address before `/chat/completions`.
    pub fn new(base_url: &str, api_key: Option<Secret<String>>, model: &str) -> Self {
        let base_url = base_url.trim_end_matches('/').to_owned();
        Self { base_url, api_key, model: model.to_owned(), answer_time: ANSWER_TIME }
    }

    /// The same engine with another patience for one answer.
    pub fn with_answer_time(self, answer_time: Duration) -> Self {
        Self { answer_time, ..self }
    }

    /// The name of the model.
    pub fn model(&self) -> &str {
        &self.model
    }

    /// Whether the text is short enough to be sent to the model.
    pub fn accepts(&self, text: &str) -> bool {
        prompt::pieces(text).is_some()
    }

    /// What the model finds in the text, as far as the text bears it out.
    pub(super) async fn find(&self, client: &Client, text: &str) -> Result<Vec<Finding>, LlmError> {
        let pieces = prompt::pieces(text).ok_or(LlmError::DocumentTooLong)?;
        let all = async {
            let mut found = Vec::new();
            for piece in pieces {
                let offset = piece.as_ptr().addr() - text.as_ptr().addr();
                let body = tokio::time::timeout(self.answer_time, self.ask(client, piece)).await;
                found.extend(answer::read(&body.map_err(|_| LlmError::TimedOut)??, piece, offset)?);
            }
            Ok(found)
        };
        tokio::time::timeout(TOTAL_TIME, all).await.map_err(|_| LlmError::TimedOut)?
    }

    async fn ask(&self, client: &Client, piece: &str) -> Result<Vec<u8>, LlmError> {
        let mut request = client.post(format!("{}/chat/completions", self.base_url)).json(&prompt::request(&self.model, piece));
        if let Some(key) = &self.api_key {
            request = request.bearer_auth(key.expose());
        }
        let mut response = client.send(request).await?;
        if response.status() != reqwest::StatusCode::OK {
            return Err(LlmError::Refused { status: response.status().as_u16() });
        }
        let mut body = Vec::new();
        while let Some(chunk) = response.chunk().await.map_err(CallError::from)? {
            if body.len() + chunk.len() > MAXIMUM_ANSWER_BYTES {
                return Err(LlmError::TooLarge);
            }
            body.extend_from_slice(&chunk);
        }
        Ok(body)
    }
}
