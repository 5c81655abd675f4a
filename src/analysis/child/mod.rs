//! Documents are read in a child process: a hostile one may overflow its stack or eat its memory without harm to the server,
//! and a fault in a parser reaches nothing of the system.

mod limits;
mod parent;
mod reader;
mod run;
mod sandbox;
#[cfg(test)]
mod tests;

pub use parent::{Limits, SandboxCheckError, extract_in_child};
pub use reader::Reader;
pub use run::{confine, run_extract, run_sandbox_check};
pub use sandbox::{Sandbox, SandboxError};
