//! What the first page of a contract says: its title, its parties, its date. These are names, not sentences, so they
//! are read from their places and not found by weights.

mod date;
mod finding;
mod parties;
mod title;

pub use finding::{Finding, floor_boundary, read_opening};
