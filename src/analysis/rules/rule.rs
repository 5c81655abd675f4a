//! The shape of a rule, and the list of all of them, compiled once.

use std::sync::LazyLock;

use regex::bytes::{Regex, RegexBuilder};

use super::{commerce, duration, law, liability, restriction, transfer};
use crate::domain::analysis::ClauseKind;

/// How to find the clauses of one kind.
pub struct Rule {
    /// What is found.
    pub kind: ClauseKind,
    /// Words without which no sentence is of this kind: a quick check before the signals.
    pub gate: &'static str,
    /// Headings under which such clauses stand, and what standing there is worth.
    pub heading: (f64, &'static str),
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
    /// The headings.
    pub heading: Regex,
    /// The signals.
    pub signals: Vec<(f64, Regex)>,
}

/// Every rule, compiled at first use.
pub static RULES: LazyLock<Vec<CompiledRule>> = LazyLock::new(|| {
    [law::RULES, duration::RULES, transfer::RULES, liability::RULES, restriction::RULES, commerce::RULES]
        .into_iter()
        .flatten()
        .map(compile)
        .collect()
});

fn compile(rule: &'static Rule) -> CompiledRule {
    CompiledRule {
        rule,
        gate: pattern(rule.gate),
        heading: pattern(rule.heading.1),
        signals: rule.signals.iter().map(|(weight, text)| (*weight, pattern(text))).collect(),
    }
}

fn pattern(text: &str) -> Regex {
    // Sentences are lower case before they are matched. Unicode classes would make the automata many times larger.
    RegexBuilder::new(text).unicode(false).build().expect("the patterns are constants, and a test compiles them all")
}
