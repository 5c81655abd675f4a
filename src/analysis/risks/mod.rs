//! What a lawyer should look at, and why.

mod assess;
mod quantity;
mod table;

pub use assess::assess;
