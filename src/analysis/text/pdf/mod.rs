//! PDF: pages in reading order by `pdf-inspector`, checked beforehand for bombs and for what a reader does not see.

mod field;
mod form;
#[cfg(test)]
mod form_tests;
mod lines;
mod paint;
mod read;
mod rewrite;
mod size;
#[cfg(test)]
mod tests;
mod text_string;
mod unseen;
mod xfa;

pub use read::read;
