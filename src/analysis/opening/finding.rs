//! A passage found, in bytes of the text; and all that the opening gives.

use std::ops::Range;

use super::{date, parties, title};
use crate::{analysis::segment::Sentence, domain::contract::analysis::ClauseKind};

/// The opening ends here at the latest.
const OPENING_BYTES: usize = 9_000;

/// A passage that regulates something.
#[derive(Clone, Debug, PartialEq)]
pub struct Finding {
    /// What it regulates.
    pub kind: ClauseKind,
    /// Where it is, in bytes of the text.
    pub range: Range<usize>,
    /// From 0 to 1.
    pub confidence: f64,
}

/// Title, parties and date.
pub fn read_opening(text: &str, sentences: &[Sentence]) -> Vec<Finding> {
    let opening = &text[..floor_boundary(text, OPENING_BYTES)];
    let mut findings = Vec::from_iter(title::find(text, opening));
    findings.extend(parties::find(opening));
    findings.extend(date::find(text, opening, sentences));
    findings
}

/// The last character boundary at or before `at`.
pub fn floor_boundary(text: &str, at: usize) -> usize {
    (0..=at.min(text.len())).rev().find(|at| text.is_char_boundary(*at)).unwrap_or(0)
}
