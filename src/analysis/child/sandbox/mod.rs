//! Isolates the process that reads a document from the system. The process applies it to itself before the first byte.

mod seccomp;
#[cfg(test)]
mod tests;

use landlock::{ABI, Access, AccessFs, AccessNet, LandlockStatus, Ruleset, RulesetAttr, RulesetError, RulesetStatus, Scope};
use rustix::process::{Resource, getrlimit};
use rustix::thread::{no_new_privs, set_no_new_privs};
use serde::{Deserialize, Serialize};

/// The newest version whose rights are denied; an older kernel enforces those that it knows.
const LANDLOCK_ABI: ABI = ABI::V10;

/// The layers that a process got.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sandbox {
    /// `PR_SET_NO_NEW_PRIVS`
    pub no_new_privs: bool,
    /// System calls outside the allow-list fail.
    pub seccomp: bool,
    /// Version of Landlock that denies all files and networks; `None` where the kernel has none.
    pub landlock: Option<i32>,
    /// `RLIMIT_NPROC` is 0.
    pub rlimit_nproc: bool,
}

/// The kernel supports a layer and refused it.
#[derive(Debug, thiserror::Error)]
pub enum SandboxError {
    /// A limit or `PR_SET_NO_NEW_PRIVS`.
    #[error("a limit was refused: {0}")]
    Limit(#[from] std::io::Error),
    /// The parallel parts of the libraries could not be kept on one thread.
    #[error("the thread pool could not be limited to one thread")]
    Threads,
    /// Landlock.
    #[error("Landlock was refused: {0}")]
    Landlock(#[from] RulesetError),
    /// The filter of system calls.
    #[error("seccomp was refused: {0}")]
    Seccomp(#[from] seccompiler::Error),
}

/// Applies the layers to every thread of this process. Kernels without Landlock or seccomp get the others.
pub(super) fn enter() -> Result<Sandbox, SandboxError> {
    set_no_new_privs(true).map_err(std::io::Error::from)?;
    let landlock = restrict_files_and_networks()?;
    let sandbox = Sandbox {
        no_new_privs: no_new_privs().map_err(std::io::Error::from)?,
        seccomp: seccomp::is_supported(),
        landlock,
        rlimit_nproc: getrlimit(Resource::Nproc).current == Some(0),
    };
    // Last: the filter denies the calls above.
    if sandbox.seccomp {
        seccomp::apply()?;
    }
    Ok(sandbox)
}

/// Denies files, TCP, and signals and abstract sockets of other processes to the calling thread. Open descriptors stay usable.
fn restrict_files_and_networks() -> Result<Option<i32>, RulesetError> {
    let status = Ruleset::default()
        .handle_access(AccessFs::from_all(LANDLOCK_ABI))?
        .handle_access(AccessNet::from_all(LANDLOCK_ABI))?
        .scope(Scope::from_all(LANDLOCK_ABI))?
        .create()?
        .restrict_self()?;
    Ok(match (status.ruleset, status.landlock) {
        (RulesetStatus::FullyEnforced | RulesetStatus::PartiallyEnforced, LandlockStatus::Available { effective_abi, .. }) => {
            Some(effective_abi as i32)
        }
        _ => None,
    })
}
