//! Input for `examples/fit_rules.rs`, which fits the weights of the rules.

use super::{
    offsets::Offsets,
    rules::{RULES, Rule},
    score::is_candidate,
    segment::segment,
};
use std::ops::Range;

/// A sentence, and which patterns of a rule match it.
#[derive(Debug)]
pub struct Evidence {
    /// Position of the sentence in the text, in Unicode code points.
    pub range: Range<i64>,
    /// Whether each pattern matches: first the patterns for headings, then the patterns for sentences.
    pub matches: Vec<bool>,
}

/// Returns the rules whose weights are fitted. For each rule, lists the candidate sentences and the patterns that match them.
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
