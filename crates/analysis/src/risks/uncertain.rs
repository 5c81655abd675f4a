//! Risks for passages that resemble a clause but score below the threshold. Such a risk is reported in place of the risk of a
//! missing clause.

use super::text_risk;
use crate::clauses::resemblance;
use crate::clauses::segment::Sentence;
use crate::text::{ellipsize, one_line};
use crate::{ClauseKind, Risk, Severity};

const QUOTED_CHARACTERS: usize = 200;

/// Returns the passage that resembles this kind of clause most. Returns `None` if the score of the passage is below `least`.
pub fn most_similar(sentences: &[Sentence], kind: ClauseKind, least: f64) -> Option<&Sentence> {
    let similar = sentences.iter().filter_map(|sentence| Some((resemblance(kind, sentence)?, sentence)));
    let most = similar.max_by(|left, right| left.0.total_cmp(&right.0));
    most.filter(|(score, _)| *score >= least).map(|(_, sentence)| sentence)
}

pub fn risk(kind: ClauseKind, passage: &str) -> Risk {
    let quoted = ellipsize(&one_line(passage), QUOTED_CHARACTERS);
    let explanation = format!(
        "No clause was recognised for certain, but this passage may be one: \u{201C}{quoted}\u{201D} Read it yourself. If it does not \
         settle the matter, ask for a clear clause."
    );
    text_risk(Severity::Low, &format!("{}: not certain", kind.label()), &explanation)
}
