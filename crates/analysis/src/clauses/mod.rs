//! Clause finder, which applies rules to sentences. The result depends only on the text.

mod evidence;
mod finding;
mod heading;
mod offsets;
mod opening;
pub mod rules;
mod score;
pub mod segment;

use crate::Clause;
pub use evidence::{Evidence, evidence};
pub use finding::{Finding, merge};
pub use rules::Rule;
pub use score::resemblance;

/// Finds the clauses of a text, in document order.
pub fn find_clauses(text: &str) -> Vec<Clause> {
    let sentences = segment::segment(text);
    let mut found = opening::find(text, &sentences);
    found.extend(score::find(&sentences));
    merge(text, found)
}
