//! Resource limits that the child sets for itself before it reads the document.

use rustix::process::{Resource, Rlimit, nice, setrlimit};

/// Maximum size of the address space.
const MEMORY_BYTES: u64 = 512 * 1024 * 1024;
/// CPU time of all threads until the kernel sends SIGXCPU. A child that sleeps uses no CPU time, so the parent also limits the
/// wall time.
const CPU_SECONDS: u64 = 20;
/// CPU time until the kernel sends SIGKILL. This time is longer than the time until SIGXCPU, which ends the child first.
/// Therefore SIGKILL means that the system is out of memory.
const CPU_SECONDS_TO_KILL: u64 = 25;
/// Maximum number of open files, enough for the standard streams and the descriptors of the runtime.
const OPEN_FILES: u64 = 16;
/// Scheduling priority of the child, which is below the priority of the server.
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

/// Makes the libraries run parallel code on this thread. Each additional thread would reserve address space for its stack and
/// heap. On machines with many cores, this would exceed the limit.
pub fn use_one_thread() -> Result<(), rayon::ThreadPoolBuildError> {
    rayon::ThreadPoolBuilder::new().num_threads(1).use_current_thread().build_global()
}
