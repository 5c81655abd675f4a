//! Passages that resemble a clause without reaching its threshold. A missing clause is not reported if there is one.

use crate::{
    analysis::{
        rules::{FALLBACKS, RULES},
        score::nearness,
        segment::Sentence,
    },
    domain::contract::analysis::{ClauseKind, Risk, Severity},
};

/// Maximum length of the quote.
const QUOTED_LETTERS: usize = 200;

/// The passage with the highest score for this kind of clause, if the score is at least `least`.
pub fn nearest(sentences: &[Sentence], kind: ClauseKind, least: f64) -> Option<&Sentence> {
    let rules: Vec<_> = RULES.iter().chain(FALLBACKS.iter()).filter(|compiled| compiled.rule.kind == kind).collect();
    let score = |sentence: &Sentence| {
        let scores = || rules.iter().filter_map(|rule| nearness(rule, sentence));
        // A negative score of one rule excludes the passage: its negative signals name what is commonly mistaken for this kind.
        let is_excluded = scores().any(|score| score < 0.0);
        scores().max_by(f64::total_cmp).filter(|score| !is_excluded && *score >= least)
    };
    let near = sentences.iter().filter_map(|sentence| Some((score(sentence)?, sentence)));
    near.max_by(|left, right| left.0.total_cmp(&right.0)).map(|(_, sentence)| sentence)
}

/// The risk that replaces the report of a missing clause.
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
