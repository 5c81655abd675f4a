//! Documents are read in a child process: a hostile one may overflow its stack or eat its memory without harm to the server.

mod limits;
mod parent;
mod reader;
mod run;
#[cfg(test)]
mod tests;

pub use parent::{Limits, extract_in_child};
pub use reader::Reader;
pub use run::run_extract;
