use super::offsets::Offsets;
use crate::{Clause, ClauseKind};
use std::ops::Range;

#[derive(Clone, Debug, PartialEq)]
pub struct Finding {
    pub kind: ClauseKind,
    /// Position in the text, in bytes.
    pub range: Range<usize>,
    /// From 0 (guess) to 1 (certain).
    pub confidence: f64,
}

/// Returns the position of a slice in `text`, in bytes. The slice must borrow from `text`.
pub fn range_of(slice: &str, text: &str) -> Range<usize> {
    let start = slice.as_ptr().addr() - text.as_ptr().addr();
    start..start + slice.len()
}

/// Merges overlapping findings of the same kind into clauses, in document order.
pub fn merge(text: &str, mut found: Vec<Finding>) -> Vec<Clause> {
    found.sort_by_key(|finding| (finding.kind, finding.range.start, finding.range.end));
    let mut merged: Vec<Finding> = Vec::new();
    for finding in found {
        match merged.last_mut() {
            Some(last) if last.kind == finding.kind && finding.range.start < last.range.end => {
                last.range.end = last.range.end.max(finding.range.end);
                last.confidence = last.confidence.max(finding.confidence);
            }
            _ => merged.push(finding),
        }
    }
    merged.sort_by_key(|finding| (finding.range.start, finding.kind));
    let mut offsets = Offsets::new(text);
    let clause = |Finding { kind, range: bytes, confidence }: Finding| {
        let Range { start, end } = offsets.range(&bytes);
        Clause { kind, text: text[bytes].to_owned(), start, end, confidence }
    };
    merged.into_iter().map(clause).collect()
}
