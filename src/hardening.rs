//! Protects this process against other processes on the machine. Every command calls [`apply`] first.

use rustix::fs::Mode;
use rustix::process::{
    DumpableBehavior, Resource, Rlimit, dumpable_behavior, getrlimit, set_dumpable_behavior, setrlimit, umask,
};

/// Denies access to new files to all other users, including members of the group.
const UMASK: Mode = Mode::RWXG.union(Mode::RWXO);

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Hardening {
    /// Other processes of the same user cannot read the memory and environment of this process.
    pub not_dumpable: bool,
    pub no_core_dumps: bool,
    /// Only this user can access new files and folders.
    pub umask: bool,
}

/// Applies all protections. Must be called before threads start.
pub fn apply() -> std::io::Result<()> {
    set_dumpable_behavior(DumpableBehavior::NotDumpable)?;
    setrlimit(Resource::Core, Rlimit { current: Some(0), maximum: Some(0) })?;
    umask(UMASK);
    close_descriptors_on_exec();
    Ok(())
}

/// Sets close-on-exec for file descriptors that the parent process left open. Descriptors that this process opens need no
/// treatment, because the libraries set the flag.
fn close_descriptors_on_exec() {
    close_fds::CloseFdsBuilder::new().cloexecfrom(3);
}

impl Hardening {
    pub fn current() -> Self {
        // umask(2) returns the current mask only by replacing it, so the second call restores the mask.
        let mask = umask(UMASK);
        umask(mask);
        Self {
            not_dumpable: dumpable_behavior() == Ok(DumpableBehavior::NotDumpable),
            no_core_dumps: getrlimit(Resource::Core).current == Some(0),
            umask: mask.contains(UMASK),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rustix::fs::{OFlags, open};
    use rustix::io::{FdFlags, fcntl_getfd};

    #[test]
    fn inherited_descriptors_do_not_reach_child_processes() {
        let inherited = open("/dev/null", OFlags::RDONLY, Mode::empty()).unwrap();
        let closes_on_exec = || fcntl_getfd(&inherited).unwrap().contains(FdFlags::CLOEXEC);
        assert!(!closes_on_exec());
        close_descriptors_on_exec();
        assert!(closes_on_exec());
    }
}
