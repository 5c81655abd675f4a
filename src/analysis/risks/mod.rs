//! What a lawyer should look at, and why.

mod assess;
mod elsewhere;
mod quantity;
mod table;
mod whole;

pub use assess::assess;
pub use whole::of_document;
