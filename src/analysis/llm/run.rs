//! The language model when there is one and it answers, else the embedded engine; the findings say which.

use super::{LlmEngine, LlmError};
use crate::{
    analysis::{
        Engine,
        engine::{clauses, findings},
        text::Document,
    },
    connectors::http::Client,
    domain::contract::analysis::Findings,
};

impl LlmEngine {
    /// Findings of the model. Risks and summary follow from its clauses by our own rules.
    pub async fn analyse(&self, client: &Client, document: &Document) -> Result<Findings, LlmError> {
        let found = self.find(client, &document.text).await?;
        if found.is_empty() {
            return Err(LlmError::FoundNothing);
        }
        Ok(findings(document, clauses(&document.text, found), format!("llm:{}", self.model())))
    }
}

/// Analyses a document with the model, or without one, or without it when it fails.
pub async fn analyse(document: &Document, engine: Option<&LlmEngine>, client: &Client) -> Findings {
    let Some(engine) = engine else { return embedded(document).await };
    match engine.analyse(client, document).await {
        Ok(findings) => findings,
        Err(error) => Findings { engine: format!("embedded (fallback: {error})"), ..embedded(document).await },
    }
}

/// A long text takes a second of computing, which must not hold up other requests.
async fn embedded(document: &Document) -> Findings {
    let document = document.clone();
    let computed = tokio::task::spawn_blocking(move || Engine::embedded().analyse(&document)).await;
    computed.unwrap_or_else(|error| std::panic::resume_unwind(error.into_panic()))
}
