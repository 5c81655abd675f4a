//! Files of deals and contracts.

pub mod choice;
pub mod deal_file;
pub mod file_name;
pub mod rule;

pub use analysis::file_type;
