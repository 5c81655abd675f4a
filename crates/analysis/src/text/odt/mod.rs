//! ODT reader. It reads `content.xml`, and the headers and footers in `styles.xml`.

mod controls;
#[cfg(test)]
mod hostile_tests;
mod media_type;
mod part;
mod properties;
mod read;
mod styles;
#[cfg(test)]
mod tests;
mod whitespace;

pub use media_type::media_type;
pub use read::read;
