//! PDF reader. This module rejects decompression bombs and reads form fields; the crate `pdf-inspector` extracts the page text in
//! reading order.

mod field;
mod form;
#[cfg(test)]
mod form_tests;
mod hidden_text;
mod lines;
mod paint;
mod read;
mod rewrite;
mod size;
#[cfg(test)]
mod tests;
mod text_string;
mod xfa;

pub use read::read;
