//! What the language model answered, believed only as far as the text bears it out.

use serde::Deserialize;
use serde_json::Value;

use super::LlmError;
use crate::{analysis::opening::Finding, domain::contract::analysis::ClauseKind};

/// More clauses in one answer are padding.
const MAXIMUM_CLAUSES: usize = 120;
/// Shorter quotes occur by chance, longer ones are no clause.
const QUOTE_BYTES: std::ops::RangeInclusive<usize> = 3..=6_000;

#[derive(Deserialize)]
struct Answer {
    clauses: Vec<Value>,
}

#[derive(Deserialize)]
struct Quoted {
    kind: ClauseKind,
    quote: String,
    #[serde(default)]
    confidence: Option<f64>,
}

/// The findings of one answer. `piece` is what was asked about and begins at byte `offset` of the text.
pub fn read(body: &[u8], piece: &str, offset: usize) -> Result<Vec<Finding>, LlmError> {
    let body: Value = serde_json::from_slice(body).map_err(|_| LlmError::NotUnderstood)?;
    let content = body["choices"][0]["message"]["content"].as_str().ok_or(LlmError::NotUnderstood)?;
    let answer: Answer = serde_json::from_str(unfenced(content)).map_err(|_| LlmError::NotUnderstood)?;
    let quoted = answer.clauses.into_iter().take(MAXIMUM_CLAUSES);
    // A clause of an unknown kind or shape is dropped; the others are still of use.
    Ok(quoted.filter_map(|clause| finding(serde_json::from_value(clause).ok()?, piece, offset)).collect())
}

fn finding(quoted: Quoted, piece: &str, offset: usize) -> Option<Finding> {
    let quote = quoted.quote.trim();
    if !QUOTE_BYTES.contains(&quote.len()) {
        return None;
    }
    let start = offset + piece.find(quote)?;
    let confidence = quoted.confidence.filter(|confidence| confidence.is_finite()).unwrap_or(0.5).clamp(0.0, 1.0);
    Some(Finding { kind: quoted.kind, range: start..start + quote.len(), confidence })
}

/// Some models wrap JSON in a Markdown fence whatever they are told.
fn unfenced(content: &str) -> &str {
    let content = content.trim();
    let inside = content.strip_prefix("```json").or_else(|| content.strip_prefix("```")).unwrap_or(content);
    inside.strip_suffix("```").unwrap_or(inside).trim()
}
