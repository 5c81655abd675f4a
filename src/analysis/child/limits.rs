//! What the child may use, set by the child on itself before it reads the first byte.

use rustix::process::{Resource, Rlimit, setrlimit};

/// Address space.
const MEMORY_BYTES: u64 = 512 * 1024 * 1024;
/// Processor time of all threads, after which the kernel sends SIGXCPU; the parent's wall clock ends what sleeps.
const CPU_SECONDS: u64 = 20;
/// When the kernel sends SIGKILL instead: later, so that a SIGKILL means that the system ran out of memory.
const CPU_SECONDS_TO_KILL: u64 = 25;
/// Standard streams and what the runtime opens for itself.
const OPEN_FILES: u64 = 16;

/// How far behind the server's own work the reader stands in line for the processors.
const NICE: i32 = 10;

/// Applies every limit; an error means that the system refused one.
pub fn apply() -> std::io::Result<()> {
    rustix::process::nice(NICE)?;
    for (resource, current, maximum) in [
        (Resource::Core, 0, 0),
        (Resource::Fsize, 0, 0),
        (Resource::Nofile, OPEN_FILES, OPEN_FILES),
        (Resource::Nproc, 0, 0),
        (Resource::Cpu, CPU_SECONDS, CPU_SECONDS_TO_KILL),
        (Resource::As, MEMORY_BYTES, MEMORY_BYTES),
    ] {
        setrlimit(resource, Rlimit { current: Some(current), maximum: Some(maximum) })?;
    }
    Ok(())
}

/// Runs the parallel parts of the libraries on this thread: every other thread reserves address space for its stack and heap, on a
/// machine with many processors more than the limit.
pub fn use_one_thread() -> bool {
    rayon::ThreadPoolBuilder::new().num_threads(1).use_current_thread().build_global().is_ok()
}
