//! Files of deals and contracts: names, types, and the rule that chooses one.

pub mod choice;
pub mod file_name;
pub mod file_type;
pub mod rule;
