//! Rules of the clause finder, as data. The score of a sentence is the sum of the weights of all patterns that match. A sentence
//! whose score reaches the threshold of a rule is a clause of that rule's kind. The patterns are written by hand. For the kinds
//! of clauses that CUAD labels, `examples/fit_rules.rs` fits the weights and thresholds.

mod commerce;
mod duration;
mod fallback;
mod law;
mod liability;
mod restriction;
mod transfer;
#[cfg(test)]
mod word_tests;

use super::segment::Sentence;
use crate::ClauseKind;
use regex::bytes::{Regex, RegexBuilder};
use std::sync::LazyLock;

/// A rule that finds the clauses of one kind.
#[derive(Debug)]
pub struct Rule {
    pub kind: ClauseKind,
    /// Whether the weights are fitted to expert labels. Otherwise they are chosen by hand: a strong signal weighs 2 to 3, and two
    /// strong signals make a clause.
    pub is_fitted: bool,
    /// Pattern that every clause of this kind matches. Other sentences are excluded before the remaining patterns are tried.
    pub gate: &'static str,
    /// Patterns for the heading above the sentence, with their weights.
    pub headings: &'static [(f64, &'static str)],
    /// Patterns for the sentence, with their weights. A pattern with a negative weight indicates that the sentence is not of this
    /// kind.
    pub signals: &'static [(f64, &'static str)],
    /// Minimum score of a clause.
    pub threshold: f64,
    /// Maximum number of clauses of this kind. The clauses with the highest scores are kept.
    pub cap: usize,
}

pub struct CompiledRule {
    pub rule: &'static Rule,
    pub gate: Regex,
    pub headings: Vec<(f64, Regex)>,
    pub signals: Vec<(f64, Regex)>,
}

impl CompiledRule {
    /// Returns the weight of each pattern, and whether it matches: first the patterns for headings, then the patterns for
    /// sentences.
    pub fn matches<'a>(&'a self, sentence: &'a Sentence) -> impl Iterator<Item = (f64, bool)> + 'a {
        let of = |patterns: &'a [(f64, Regex)], text: &'a str| {
            patterns.iter().map(move |(weight, pattern)| (*weight, pattern.is_match(text.as_bytes())))
        };
        of(&self.headings, &sentence.heading).chain(of(&self.signals, &sentence.normal))
    }
}

pub static RULES: LazyLock<Vec<CompiledRule>> = LazyLock::new(|| {
    let families = [law::RULES, duration::RULES, transfer::RULES, liability::RULES, restriction::RULES, commerce::RULES];
    families.into_iter().flatten().map(compile).collect()
});

/// Rules for kinds of clauses that [`RULES`] do not find in a text.
pub static FALLBACKS: LazyLock<Vec<CompiledRule>> = LazyLock::new(|| fallback::RULES.iter().map(compile).collect());

fn compile(rule: &'static Rule) -> CompiledRule {
    let weighted = |patterns: &[(f64, &str)]| patterns.iter().map(|(weight, text)| (*weight, pattern(text))).collect();
    CompiledRule { rule, gate: pattern(rule.gate), headings: weighted(rule.headings), signals: weighted(rule.signals) }
}

/// Compiles a pattern that matches bytes. Unicode classes would multiply the size of the automata, and the sentences are in lower
/// case already.
fn pattern(text: &str) -> Regex {
    RegexBuilder::new(text).unicode(false).build().expect("constant patterns compile")
}
