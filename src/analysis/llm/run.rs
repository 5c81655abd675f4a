//! The language model when there is one and it answers, else the embedded engine; the findings say which.

use super::{LlmEngine, LlmError};
use crate::analysis::Engine;
use crate::analysis::engine::{clauses, findings};
use crate::domain::analysis::Findings;

impl LlmEngine {
    /// Findings of the model. Risks and summary follow from its clauses by our own rules.
    pub async fn analyse(&self, client: &reqwest::Client, text: &str) -> Result<Findings, LlmError> {
        let found = self.find(client, text).await?;
        Ok(findings(text, clauses(text, found), format!("llm:{}", self.model())))
    }
}

/// Analyses a text with the model, or without one, or without it when it fails.
pub async fn analyse(text: &str, engine: Option<&LlmEngine>, client: &reqwest::Client) -> Findings {
    let Some(engine) = engine else { return embedded(text).await };
    match engine.analyse(client, text).await {
        Ok(findings) => findings,
        Err(error) => Findings { engine: format!("embedded (fallback: {error})"), ..embedded(text).await },
    }
}

/// A long text takes a second of computing, which must not hold up other requests.
async fn embedded(text: &str) -> Findings {
    let text = text.to_owned();
    let computed = tokio::task::spawn_blocking(move || Engine::embedded().analyse(&text)).await;
    computed.unwrap_or_else(|error| std::panic::resume_unwind(error.into_panic()))
}
