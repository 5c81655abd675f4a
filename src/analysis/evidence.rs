//! What the rules see in a text: the material that their weights are fitted to by `examples/fit_rules.rs`.

use std::ops::Range;

use super::{offsets::Offsets, rules::RULES, score::may_be, segment::segment};
use crate::domain::contract::analysis::ClauseKind;

/// A rule whose weights are fitted.
#[derive(Debug)]
pub struct FittedRule {
    /// What it finds.
    pub kind: ClauseKind,
    /// Its headings, then its signals, with the weights they have now.
    pub patterns: Vec<(f64, &'static str)>,
    /// The threshold it has now.
    pub threshold: f64,
    /// At most this many clauses are reported.
    pub cap: usize,
}

/// A sentence, as one rule sees it.
#[derive(Debug)]
pub struct Evidence {
    /// Where it is, in code points of the text.
    pub range: Range<i64>,
    /// Which of the rule's patterns it shows.
    pub shown: Vec<bool>,
}

/// The rules whose weights are fitted.
pub fn fitted_rules() -> Vec<FittedRule> {
    let fitted = RULES.iter().map(|compiled| compiled.rule).filter(|rule| rule.is_fitted);
    let described = fitted.map(|rule| FittedRule {
        kind: rule.kind,
        patterns: rule.headings.iter().chain(rule.signals).copied().collect(),
        threshold: rule.threshold,
        cap: rule.cap,
    });
    described.collect()
}

/// For each of [`fitted_rules`], what it sees in each sentence that it looks at.
pub fn evidence(text: &str) -> Vec<Vec<Evidence>> {
    let sentences = segment(text);
    let offsets = Offsets::new(text);
    let fitted = RULES.iter().filter(|compiled| compiled.rule.is_fitted);
    let seen = fitted.map(|rule| {
        let sentences = sentences.iter().filter(|sentence| may_be(rule, sentence));
        let evidence = sentences.map(|sentence| Evidence {
            range: offsets.code_points(sentence.range.start)..offsets.code_points(sentence.range.end),
            shown: rule.shown(&sentence.heading, &sentence.normal).map(|(_, is_shown)| is_shown).collect(),
        });
        evidence.collect()
    });
    seen.collect()
}
