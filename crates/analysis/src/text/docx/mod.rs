//! DOCX reader. It inflates only the necessary parts, within limits, and reads these parts as a stream of XML events.

mod formatting;
mod part;
mod read;
mod relationships;
mod styles;
#[cfg(test)]
mod tests;
mod visibility;

pub use read::read;
