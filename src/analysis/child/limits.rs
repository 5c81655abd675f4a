//! What the child may use, set by the child on itself before it reads the first byte.

use rustix::process::{Resource, Rlimit, setrlimit};

/// Address space. A document of 100 MB is read in about four times its size.
const MEMORY_BYTES: u64 = 3 * 1024 * 1024 * 1024;
/// Processor time; the parent's wall clock ends what sleeps.
const CPU_SECONDS: u64 = 60;
/// Standard streams and what the runtime opens for itself.
const OPEN_FILES: u64 = 16;

/// How far behind the server's own work the reader stands in line for the processors.
const NICE: i32 = 10;

/// Applies every limit; an error means that the system refused one.
pub fn apply() -> std::io::Result<()> {
    rustix::process::nice(NICE)?;
    for (resource, value) in [
        (Resource::Core, 0),
        (Resource::Fsize, 0),
        (Resource::Nofile, OPEN_FILES),
        (Resource::Cpu, CPU_SECONDS),
        (Resource::As, MEMORY_BYTES),
    ] {
        setrlimit(resource, Rlimit { current: Some(value), maximum: Some(value) })?;
    }
    Ok(())
}
