//! Rules of the clause finder, as data. The score of a sentence is the sum of the weights of all patterns that match. A sentence
//! whose score reaches the threshold of a rule is a clause of that rule's kind. The patterns are written by hand. For the kinds
//! of clauses that CUAD labels, `examples/fit_rules.rs` fits the weights and thresholds.

/// Declares the constant `RULES`. Each line of a rule contains a weight and a pattern.
macro_rules! rules {
    ($($kind:ident (is_fitted: $is_fitted:literal, threshold: $threshold:literal, cap: $cap:literal) {
        gate: $gate:literal;
        $(heading $heading_weight:literal: $heading:literal;)*
        $($weight:literal: $signal:literal;)*
    })+) => {
        pub const RULES: &[super::Rule] = &[$(super::Rule {
            kind: $crate::ClauseKind::$kind,
            is_fitted: $is_fitted,
            threshold: $threshold,
            cap: $cap,
            gate: $gate,
            headings: &[$(($heading_weight, $heading)),*],
            signals: &[$(($weight, $signal)),*],
        }),+];
    };
}

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

#[derive(Debug)]
pub struct Rule {
    pub kind: ClauseKind,
    /// True if the weights are fitted to expert labels. Otherwise the weights are chosen by hand: a strong signal weighs 2 to 3,
    /// and two strong signals make a clause.
    pub is_fitted: bool,
    pub threshold: f64,
    /// Maximum number of clauses of this kind. The clauses with the highest scores are kept.
    pub cap: usize,
    /// Pattern that every clause of this kind matches.
    pub gate: &'static str,
    /// Weights and patterns for the heading above the sentence.
    pub headings: &'static [(f64, &'static str)],
    /// Weights and patterns for the sentence. A negative weight indicates that the sentence is of another kind.
    pub signals: &'static [(f64, &'static str)],
}

pub struct CompiledRule {
    pub rule: &'static Rule,
    pub gate: Regex,
    pub headings: Vec<(f64, Regex)>,
    pub signals: Vec<(f64, Regex)>,
}

impl CompiledRule {
    /// Returns the weight of each pattern, and whether the pattern matches. The patterns for headings come first.
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

/// Rules whose findings count only if [`RULES`] find no clause of the same kind in the text.
pub static FALLBACKS: LazyLock<Vec<CompiledRule>> = LazyLock::new(|| fallback::RULES.iter().map(compile).collect());

fn compile(rule: &'static Rule) -> CompiledRule {
    let weighted = |patterns: &[(f64, &str)]| patterns.iter().map(|(weight, text)| (*weight, pattern(text))).collect();
    CompiledRule { rule, gate: pattern(rule.gate), headings: weighted(rule.headings), signals: weighted(rule.signals) }
}

/// Compiles a pattern without Unicode classes, which would multiply the size of the automata.
fn pattern(text: &str) -> Regex {
    RegexBuilder::new(text).unicode(false).build().expect("constant patterns compile")
}
