//! Runs the rules over the sentences and keeps the best findings of each kind.

use super::opening::Finding;
use super::rules::{CompiledRule, FALLBACKS, RULES};
use super::segment::Sentence;

/// Findings of all rules.
pub fn find_clauses(sentences: &[Sentence]) -> Vec<Finding> {
    let mut found: Vec<Finding> = RULES.iter().flat_map(|rule| find_kind(rule, sentences)).collect();
    for fallback in FALLBACKS.iter() {
        if !found.iter().any(|finding| finding.kind == fallback.rule.kind) {
            found.extend(find_kind(fallback, sentences));
        }
    }
    found
}

fn find_kind(rule: &CompiledRule, sentences: &[Sentence]) -> Vec<Finding> {
    let mut found: Vec<(f64, &Sentence)> = sentences
        .iter()
        .filter(|sentence| may_be(rule, sentence))
        .map(|sentence| (score(rule, sentence), sentence))
        .filter(|(score, _)| *score >= rule.rule.threshold)
        .collect();
    found.sort_by(|left, right| right.0.total_cmp(&left.0));
    found.truncate(rule.rule.cap);
    found
        .into_iter()
        .map(|(score, sentence)| Finding {
            kind: rule.rule.kind,
            range: sentence.range.clone(),
            confidence: confidence(score - rule.rule.threshold),
        })
        .collect()
}

/// Whether it is worth looking for signals.
pub fn may_be(rule: &CompiledRule, sentence: &Sentence) -> bool {
    is_sentence(sentence) && rule.gate.is_match(sentence.normal.as_bytes())
}

/// The score of a sentence, fragment or heading; `None` if the gate of the rule does not match.
pub fn nearness(rule: &CompiledRule, sentence: &Sentence) -> Option<f64> {
    rule.gate.is_match(sentence.normal.as_bytes()).then(|| score(rule, sentence))
}

/// Headings and fragments regulate nothing.
fn is_sentence(sentence: &Sentence) -> bool {
    let words = sentence.normal.split(' ').count();
    let is_short_sentence = words > 3 && sentence.normal.ends_with('.');
    !sentence.is_heading && (sentence.normal.len() > 40 || words > 6 || is_short_sentence)
}

/// The sum of the weights of all headings and signals that a sentence shows.
fn score(rule: &CompiledRule, sentence: &Sentence) -> f64 {
    rule.shown(&sentence.heading, &sentence.normal).filter(|(_, is_shown)| *is_shown).map(|(weight, _)| weight).sum()
}

/// From the distance to the threshold: 0.55 on it, near 1 far above it.
fn confidence(above: f64) -> f64 {
    let value = 1.0 / (1.0 + (-0.2 - 0.7 * above).exp());
    (value * 100.0).round() / 100.0
}
