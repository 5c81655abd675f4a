//! Analyses documents with an optional language model. The embedded analyser is the fallback.

mod client;
#[cfg(test)]
mod tests;

pub use client::{LlmEngine, LlmError};

use crate::connectors::http::Client;
use analysis::Findings;
use analysis::text::Document;

/// Analyses a document with the language model, or with the embedded analyser if no model is configured or the model fails. The
/// findings contain the name of the engine.
pub async fn analyse(document: &Document, engine: Option<&LlmEngine>, client: &Client) -> Findings {
    let Some(engine) = engine else { return embedded(document).await };
    match engine.analyse(client, document).await {
        Ok(findings) => findings,
        Err(error) => Findings { engine: format!("embedded (fallback: {error})"), ..embedded(document).await },
    }
}

/// Runs on a blocking thread, because the analysis of a long text takes about a second.
async fn embedded(document: &Document) -> Findings {
    let document = document.clone();
    let findings = tokio::task::spawn_blocking(move || analysis::analyse(&document)).await;
    findings.unwrap_or_else(|error| std::panic::resume_unwind(error.into_panic()))
}
