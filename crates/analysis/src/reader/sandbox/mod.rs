//! Isolation of the child from the system.

mod seccomp;
#[cfg(test)]
mod tests;

use landlock::{ABI, Access, AccessFs, AccessNet, LandlockStatus, Ruleset, RulesetAttr, RulesetError, RulesetStatus, Scope};
use rustix::process::{Resource, getrlimit};
use rustix::thread::{no_new_privs, set_no_new_privs};
use serde::{Deserialize, Serialize};

/// Version of Landlock whose access rights the sandbox denies. A kernel with an older version denies only the access rights that
/// it supports.
const LANDLOCK_ABI: ABI = ABI::V10;

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sandbox {
    pub no_new_privs: bool,
    pub seccomp: bool,
    /// Version of Landlock; `None` if the kernel does not support Landlock.
    pub landlock: Option<i32>,
    pub rlimit_nproc: bool,
}

/// Layer of isolation that the kernel supports but refused to apply.
#[derive(Debug, thiserror::Error)]
pub enum SandboxError {
    #[error("a limit was refused: {0}")]
    Limit(#[from] std::io::Error),
    #[error("the thread pool could not be limited to one thread")]
    Threads,
    #[error("Landlock was refused: {0}")]
    Landlock(#[from] RulesetError),
    #[error("seccomp was refused: {0}")]
    Seccomp(#[from] seccompiler::Error),
}

/// Applies all layers of isolation that the kernel supports.
pub(super) fn enter() -> Result<Sandbox, SandboxError> {
    set_no_new_privs(true).map_err(std::io::Error::from)?;
    let landlock = restrict_files_and_networks()?;
    let sandbox = Sandbox {
        no_new_privs: no_new_privs().map_err(std::io::Error::from)?,
        seccomp: seccomp::is_supported(),
        landlock,
        rlimit_nproc: getrlimit(Resource::Nproc).current == Some(0),
    };
    // The system call filter is applied last, because it denies the system calls that the steps above use.
    if sandbox.seccomp {
        seccomp::apply()?;
    }
    Ok(sandbox)
}

/// Prevents the calling thread from opening files, using TCP, sending signals to other processes, and connecting to abstract
/// sockets of other processes. Returns the active version of Landlock.
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
