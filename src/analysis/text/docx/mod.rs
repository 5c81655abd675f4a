//! DOCX by hand: only the named parts of the package are inflated, within limits, and read as a stream of XML events.

mod faint;
mod flow;
mod look;
mod package;
mod part;
mod read;
mod relationships;
mod styles;
#[cfg(test)]
mod tests;

pub use package::part_name;
pub use read::read;
pub use relationships::resolve;
