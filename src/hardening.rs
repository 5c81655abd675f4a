//! Protections of this process against other programs of the machine. Applied first, by every command.

use rustix::{
    fs::Mode,
    process::{DumpableBehavior, Resource, Rlimit, dumpable_behavior, getrlimit, set_dumpable_behavior, setrlimit, umask},
};

/// Denies new files to the group and to other users.
const UMASK: Mode = Mode::RWXG.union(Mode::RWXO);

/// The protections that are active.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Hardening {
    /// Processes of the same user can read neither memory nor environment.
    pub not_dumpable: bool,
    /// A crash writes no memory to disk.
    pub no_core_dumps: bool,
    /// New files and folders are for this user alone.
    pub umask: bool,
}

/// Applies every protection, and keeps inherited file descriptors from child processes. Must be called before threads start.
///
/// # Errors
/// The system refused one.
pub fn apply() -> std::io::Result<()> {
    set_dumpable_behavior(DumpableBehavior::NotDumpable)?;
    setrlimit(Resource::Core, Rlimit { current: Some(0), maximum: Some(0) })?;
    umask(UMASK);
    keep_descriptors_from_children();
    Ok(())
}

/// What the program that started this one left open. What this process opens itself is closed on `exec` by its libraries.
fn keep_descriptors_from_children() {
    close_fds::CloseFdsBuilder::new().cloexecfrom(3);
}

impl Hardening {
    /// What is active now.
    pub fn current() -> Self {
        // The mask can only be read by setting it.
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
    use rustix::{
        fs::{OFlags, open},
        io::{FdFlags, fcntl_getfd},
    };

    #[test]
    fn inherited_descriptors_do_not_reach_child_processes() {
        let inherited = open("/dev/null", OFlags::RDONLY, Mode::empty()).unwrap();
        let closes_on_exec = || fcntl_getfd(&inherited).unwrap().contains(FdFlags::CLOEXEC);
        assert!(!closes_on_exec());
        keep_descriptors_from_children();
        assert!(closes_on_exec());
    }
}
