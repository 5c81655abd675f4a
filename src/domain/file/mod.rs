//! Files of deals and contracts: file names, file types, and the choice of the file that becomes the next version.

pub mod choice;
pub mod file_name;
pub mod rule;

pub use analysis::file_type;
