//! Passages that come near to a clause: too little to call them one, too much to say that there is none.

use crate::analysis::rules::{FALLBACKS, RULES};
use crate::analysis::score::nearness;
use crate::analysis::segment::Sentence;
use crate::domain::analysis::{ClauseKind, Risk, Severity};

/// So much of a passage is quoted.
const QUOTED_LETTERS: usize = 200;

/// The passage that comes nearest to a clause of this kind, if its score is at least this.
pub fn nearest(sentences: &[Sentence], kind: ClauseKind, least: f64) -> Option<&Sentence> {
    let rules: Vec<_> = RULES.iter().chain(FALLBACKS.iter()).filter(|compiled| compiled.rule.kind == kind).collect();
    let score = |sentence: &Sentence| {
        let scores = || rules.iter().filter_map(|rule| nearness(rule, sentence));
        // One rule that speaks against the kind outweighs the others.
        let speaks_against = scores().any(|score| score < 0.0);
        scores().max_by(f64::total_cmp).filter(|score| !speaks_against && *score >= least)
    };
    let near = sentences.iter().filter_map(|sentence| Some((score(sentence)?, sentence)));
    near.max_by(|left, right| left.0.total_cmp(&right.0)).map(|(_, sentence)| sentence)
}

/// What is said instead of an absence.
pub fn uncertain(kind: ClauseKind, passage: &str) -> Risk {
    let words = passage.split_whitespace().collect::<Vec<_>>().join(" ");
    let quoted = match words.char_indices().nth(QUOTED_LETTERS) {
        Some((end, _)) => format!("{}\u{2026}", words[..end].trim_end()),
        None => words,
    };
    Risk {
        severity: Severity::Low,
        title: format!("{}: not certain", kind.label()),
        explanation: format!(
            "No clause was recognised for certain, but this passage may be one: \u{201C}{quoted}\u{201D} Read it yourself. If it does not \
             settle the matter, ask for a clear clause."
        ),
        clause_kind: None,
    }
}
