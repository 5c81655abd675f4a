//! Scores sentences by the rules.

use super::finding::Finding;
use super::rules::{CompiledRule, FALLBACKS, RULES};
use super::segment::Sentence;
use crate::ClauseKind;

pub fn find(sentences: &[Sentence]) -> Vec<Finding> {
    let mut found: Vec<Finding> = RULES.iter().flat_map(|rule| find_kind(rule, sentences)).collect();
    for fallback in FALLBACKS.iter() {
        if !found.iter().any(|finding| finding.kind == fallback.rule.kind) {
            found.extend(find_kind(fallback, sentences));
        }
    }
    found
}

fn find_kind(compiled: &CompiledRule, sentences: &[Sentence]) -> Vec<Finding> {
    let rule = compiled.rule;
    let candidates = sentences.iter().filter(|sentence| is_candidate(compiled, sentence));
    let scored = candidates.map(|sentence| (score(compiled, sentence), sentence));
    let mut found: Vec<(f64, &Sentence)> = scored.filter(|(score, _)| *score >= rule.threshold).collect();
    found.sort_by(|left, right| right.0.total_cmp(&left.0));
    let finding = |(score, sentence): (f64, &Sentence)| Finding {
        kind: rule.kind,
        range: sentence.range.clone(),
        confidence: confidence(score - rule.threshold),
    };
    found.into_iter().take(rule.cap).map(finding).collect()
}

/// Returns true if a sentence matches the gate of the rule, and is neither a heading nor a fragment.
pub fn is_candidate(rule: &CompiledRule, sentence: &Sentence) -> bool {
    let words = sentence.normal.split(' ').count();
    let is_short_sentence = words > 3 && sentence.normal.ends_with('.');
    let is_sentence = !sentence.is_heading && (sentence.normal.len() > 40 || words > 6 || is_short_sentence);
    is_sentence && rule.gate.is_match(sentence.normal.as_bytes())
}

/// Returns the highest score of a passage by the rules for one kind of clause. Returns `None` if no gate matches, or if any score
/// is negative, which indicates that the passage is of another kind.
pub fn resemblance(kind: ClauseKind, passage: &Sentence) -> Option<f64> {
    let rules = RULES.iter().chain(FALLBACKS.iter()).filter(|compiled| compiled.rule.kind == kind);
    let gated = rules.filter(|rule| rule.gate.is_match(passage.normal.as_bytes()));
    let scores: Vec<f64> = gated.map(|rule| score(rule, passage)).collect();
    scores.iter().copied().max_by(f64::total_cmp).filter(|_| scores.iter().all(|score| *score >= 0.0))
}

fn score(rule: &CompiledRule, sentence: &Sentence) -> f64 {
    rule.matches(sentence).filter(|(_, is_match)| *is_match).map(|(weight, _)| weight).sum()
}

/// Converts the distance between score and threshold to a confidence by a logistic function. The result is 0.55 at the threshold,
/// and approaches 1 above the threshold.
fn confidence(above: f64) -> f64 {
    let value = 1.0 / (1.0 + (-0.2 - 0.7 * above).exp());
    (value * 100.0).round() / 100.0
}
