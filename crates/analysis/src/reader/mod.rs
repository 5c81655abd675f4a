//! Reads documents in a child process. A hostile document may overflow the stack or exhaust the memory of the child, but does not
//! affect the server. The child is isolated, so an attacker who exploits a parser has no access to the system.

mod child;
mod limits;
mod process;
mod sandbox;
#[cfg(test)]
mod tests;

pub use child::{confine, run_extract, run_sandbox_check};
pub use process::{Limits, Reader, SandboxCheckError};
pub use sandbox::{Sandbox, SandboxError};
