//! Resource limits of the child process.

use rustix::process::{Resource, Rlimit, nice, setrlimit};

const MEMORY_BYTES: u64 = 512 * 1024 * 1024;
/// CPU time of all threads after which the kernel sends SIGXCPU. This signal ends the child.
const CPU_SECONDS: u64 = 20;
/// CPU time after which the kernel sends SIGKILL. A child never reaches this limit, because SIGXCPU ends it earlier. Therefore a
/// child that is ended by SIGKILL indicates that the system is out of memory.
const CPU_SECONDS_TO_KILL: u64 = 25;
const OPEN_FILES: u64 = 16;
/// Lowers the priority of the child below the priority of the server.
const NICE: i32 = 10;

pub fn apply() -> std::io::Result<()> {
    nice(NICE)?;
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

/// Makes Rayon run parallel code of libraries on this thread. Rayon would start one thread per core, and on machines with many
/// cores the stacks and heaps of these threads would exceed the memory limit.
pub fn use_one_thread() -> Result<(), rayon::ThreadPoolBuildError> {
    rayon::ThreadPoolBuilder::new().num_threads(1).use_current_thread().build_global()
}
