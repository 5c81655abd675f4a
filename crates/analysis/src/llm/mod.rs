//! Finds clauses with a language model. The document is untrusted data, so the model's quotes count only if they occur verbatim
//! in the text. Rules derive the risks from the clauses, so the model does not write the texts of the risks. The caller sends the
//! requests.

mod prompt;
mod response;

pub use crate::clauses::Finding;
use crate::{Findings, clauses::merge, engine, text::Document};
pub use prompt::{Chunk, chunks};

/// Returns the findings for a document, based on the clauses that a model found.
pub fn findings(document: &Document, found: Vec<Finding>, model: &str) -> Findings {
    engine::findings(document, merge(&document.text, found), format!("llm:{model}"))
}
