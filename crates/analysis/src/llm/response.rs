use super::{Chunk, Finding};
use crate::ClauseKind;
use serde::Deserialize;
use serde_json::Value;
use std::ops::RangeInclusive;

/// Maximum number of clauses in a response. Further clauses are ignored.
const MAXIMUM_CLAUSES: usize = 120;
/// Accepted size of a quote. A shorter quote could match the text by coincidence. A longer quote is not a single clause.
const QUOTE_BYTES: RangeInclusive<usize> = 3..=6_000;

#[derive(Deserialize)]
struct Answer {
    clauses: Vec<Value>,
}

#[derive(Deserialize)]
struct Quote {
    kind: ClauseKind,
    quote: String,
    #[serde(default)]
    confidence: Option<f64>,
}

impl Chunk<'_> {
    /// Returns the findings in the response to [`Chunk::request`], or `None` if the response is malformed. Ignores clauses that
    /// are malformed or do not occur in the text.
    pub fn findings(&self, response: &[u8]) -> Option<Vec<Finding>> {
        let response: Value = serde_json::from_slice(response).ok()?;
        let content = response["choices"][0]["message"]["content"].as_str()?;
        let answer: Answer = serde_json::from_str(without_fence(content)).ok()?;
        let clauses = answer.clauses.into_iter().take(MAXIMUM_CLAUSES);
        Some(clauses.filter_map(|clause| self.finding(serde_json::from_value(clause).ok()?)).collect())
    }

    fn finding(&self, Quote { kind, quote, confidence }: Quote) -> Option<Finding> {
        let quote = quote.trim();
        if !QUOTE_BYTES.contains(&quote.len()) {
            return None;
        }
        let start = self.offset + self.text.find(quote)?;
        let confidence = confidence.filter(|confidence| confidence.is_finite()).unwrap_or(0.5).clamp(0.0, 1.0);
        Some(Finding { kind, range: start..start + quote.len(), confidence })
    }
}

/// Removes the Markdown code fence that some models add despite the instructions.
fn without_fence(content: &str) -> &str {
    let content = content.trim();
    let inside = content.strip_prefix("```json").or_else(|| content.strip_prefix("```")).unwrap_or(content);
    inside.strip_suffix("```").unwrap_or(inside).trim()
}
