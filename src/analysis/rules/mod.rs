//! The rules of the clause finder, as data: one file for each family of clauses. A sentence collects the weights of the
//! signals it shows; from the threshold on it is a clause of that kind. The patterns were written by hand; for the kinds
//! that CUAD labels, `examples/fit_rules.rs` fits weights and thresholds to its expert labels and prints them.

mod commerce;
mod duration;
mod law;
mod liability;
mod plain;
mod restriction;
mod rule;
mod transfer;
#[cfg(test)]
mod word_tests;

pub use rule::{CompiledRule, FALLBACKS, RULES, Rule};
