//! Finds clauses with a language model. The document is untrusted, so a quote from the model counts only if the quote occurs
//! verbatim in the text. The texts of the risks come from rules and not from the model. The caller sends the requests.

mod prompt;
mod response;

pub use crate::clauses::Finding;
use crate::clauses::merge;
use crate::text::Document;
use crate::{Findings, engine};
pub use prompt::{Chunk, chunks};

/// Derives the findings for a document from the clauses that a model found.
pub fn findings(document: &Document, found: Vec<Finding>, model: &str) -> Findings {
    engine::findings(document, merge(&document.text, found), format!("llm:{model}"))
}
