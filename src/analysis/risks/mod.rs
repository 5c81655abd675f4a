//! What a lawyer should look at, and why.

#[cfg(test)]
mod absence_tests;
mod assess;
mod doubt;
mod elsewhere;
mod quantity;
mod table;
mod whole;

pub use assess::assess;
#[cfg(test)]
pub use assess::patterns;
pub use whole::of_document;
