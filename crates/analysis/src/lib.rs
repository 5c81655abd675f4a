//! Analysis of contract documents: file type, text, clauses, risks, summary, and differences between versions.
//!
//! The data types also compile to WebAssembly. Everything else requires the feature `engine`.

pub mod diff;
pub mod file_type;
mod findings;

#[cfg(feature = "engine")]
mod clauses;
#[cfg(feature = "engine")]
mod engine;
#[cfg(feature = "engine")]
pub mod llm;
#[cfg(feature = "engine")]
mod opc;
#[cfg(feature = "engine")]
mod patterns;
#[cfg(feature = "engine")]
pub mod reader;
#[cfg(feature = "engine")]
mod risks;
#[cfg(feature = "engine")]
mod signatures;
#[cfg(feature = "engine")]
mod summary;
#[cfg(feature = "engine")]
pub mod text;

#[cfg(feature = "engine")]
pub use clauses::{Evidence, Rule, evidence, find_clauses};
#[cfg(feature = "engine")]
pub use engine::analyse;
pub use findings::{Clause, ClauseKind, Findings, Risk, Severity};
