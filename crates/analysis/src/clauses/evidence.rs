//! Input of `examples/fit_rules.rs`, which fits the weights of the rules.

use super::offsets::Offsets;
use super::rules::{RULES, Rule};
use super::score::is_candidate;
use super::segment::segment;
use std::ops::Range;

#[derive(Debug)]
pub struct Evidence {
    /// Position of the sentence in the text, in Unicode code points.
    pub range: Range<i64>,
    /// True for each pattern of the rule that matches the sentence, false for the others. The patterns for headings come first.
    pub matches: Vec<bool>,
}

/// Returns the rules whose weights are fitted, with the candidate sentences of each rule.
pub fn evidence(text: &str) -> Vec<(&'static Rule, Vec<Evidence>)> {
    let sentences = segment(text);
    let fitted = RULES.iter().filter(|compiled| compiled.rule.is_fitted);
    let evidence = fitted.map(|rule| {
        let mut offsets = Offsets::new(text);
        let candidates = sentences.iter().filter(|sentence| is_candidate(rule, sentence));
        let evidence = candidates.map(|sentence| Evidence {
            range: offsets.range(&sentence.range),
            matches: rule.matches(sentence).map(|(_, is_match)| is_match).collect(),
        });
        (rule.rule, evidence.collect())
    });
    evidence.collect()
}
