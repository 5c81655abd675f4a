//! The shape of a rule, and the list of all of them, compiled once.

use std::sync::LazyLock;

use regex::bytes::{Regex, RegexBuilder};

use super::{commerce, duration, law, liability, plain, restriction, transfer};
use crate::domain::contract::analysis::ClauseKind;

/// How to find the clauses of one kind.
pub struct Rule {
    /// What is found.
    pub kind: ClauseKind,
    /// Whether the weights are fitted to expert labels, by `examples/fit_rules.rs`; else they were chosen by hand, because no
    /// labels are at hand: each strong signal is worth 2 to 3, and two of them make a clause.
    pub is_fitted: bool,
    /// Words without which no sentence is of this kind: a quick check before the signals.
    pub gate: &'static str,
    /// Headings under which such clauses stand, and what standing there is worth; under others they are less likely.
    pub headings: &'static [(f64, &'static str)],
    /// Patterns with their weights; negative ones speak against the kind.
    pub signals: &'static [(f64, &'static str)],
    /// The sum from which a sentence is a clause of this kind.
    pub threshold: f64,
    /// At most this many clauses are reported, the most certain ones.
    pub cap: usize,
}

/// A rule whose patterns are ready to run.
pub struct CompiledRule {
    /// The data.
    pub rule: &'static Rule,
    /// The quick check.
    pub gate: Regex,
    /// The headings, with their weights.
    pub headings: Vec<(f64, Regex)>,
    /// The signals.
    pub signals: Vec<(f64, Regex)>,
}

impl CompiledRule {
    /// Which headings, then which signals a sentence shows, with their weights.
    pub fn shown<'a>(&'a self, heading: &'a str, normal: &'a str) -> impl Iterator<Item = (f64, bool)> + 'a {
        let headings = self.headings.iter().map(move |(weight, pattern)| (*weight, pattern.is_match(heading.as_bytes())));
        let signals = self.signals.iter().map(move |(weight, pattern)| (*weight, pattern.is_match(normal.as_bytes())));
        headings.chain(signals)
    }
}

/// Every rule, compiled at first use.
pub static RULES: LazyLock<Vec<CompiledRule>> = LazyLock::new(|| {
    let families = [law::RULES, duration::RULES, transfer::RULES, liability::RULES, restriction::RULES, commerce::RULES];
    families.into_iter().flatten().map(compile).collect()
});

/// Applied to kinds of clauses that no rule of [`RULES`] finds.
pub static FALLBACKS: LazyLock<Vec<CompiledRule>> = LazyLock::new(|| plain::RULES.iter().map(compile).collect());

fn compile(rule: &'static Rule) -> CompiledRule {
    CompiledRule { rule, gate: pattern(rule.gate), headings: patterns(rule.headings), signals: patterns(rule.signals) }
}

fn patterns(weighted: &[(f64, &str)]) -> Vec<(f64, Regex)> {
    weighted.iter().map(|(weight, text)| (*weight, pattern(text))).collect()
}

fn pattern(text: &str) -> Regex {
    // Sentences are lower case before they are matched. Unicode classes would make the automata many times larger.
    RegexBuilder::new(text).unicode(false).build().expect("the patterns are constants, and a test compiles them all")
}
