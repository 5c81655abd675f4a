//! What a contract says: its text, its clauses, its risks and a short summary.

pub mod child;
pub mod compare;
pub mod file_type;
pub mod llm;
pub mod text;

mod engine;
mod evidence;
mod heading;
mod offsets;
mod opening;
mod risks;
mod rules;
mod score;
mod segment;
mod summary;
#[cfg(test)]
mod tests;

pub use engine::Engine;
pub use evidence::{Evidence, FittedRule, evidence, fitted_rules};
pub use llm::analyse;
