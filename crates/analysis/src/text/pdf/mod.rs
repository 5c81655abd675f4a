//! PDF reader. It rejects decompression bombs and reads form fields. `pdf-inspector` extracts the text of the pages in reading order.

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
