//! An optional language model as clause finder. The text of a document is data for it, never instruction: its quotes
//! count only when they stand in the text letter for letter, and risks come from our own rules alone.

mod answer;
mod client;
mod error;
mod prompt;
mod run;
#[cfg(test)]
mod tests;

pub use client::LlmEngine;
pub use error::LlmError;
pub use run::analyse;
