//! The isolation of the document reader and the hardening of this process, as checked at startup.

use crate::domain::operator_warning::OperatorWarning;
use crate::hardening::Hardening;
use analysis::reader::{Reader, Sandbox, SandboxCheckError};
use std::fmt;

#[derive(Debug)]
pub struct Isolation {
    /// The active layers of the document reader's sandbox; an error if documents cannot be read.
    pub reader: Result<Sandbox, SandboxCheckError>,
    pub process: Hardening,
}

impl Isolation {
    /// Starts the document reader once to check its sandbox, checks this process, and sets the gauges.
    pub(crate) async fn check(reader: &Reader) -> Self {
        let isolation = Self { reader: reader.check_sandbox().await, process: Hardening::current() };
        isolation.set_gauges();
        isolation
    }

    fn reader_layers(&self) -> [(&'static str, bool); 4] {
        let has = |layer: fn(&Sandbox) -> bool| self.reader.as_ref().is_ok_and(layer);
        [
            ("no_new_privs", has(|sandbox| sandbox.no_new_privs)),
            ("seccomp", has(|sandbox| sandbox.seccomp)),
            ("landlock", has(|sandbox| sandbox.landlock.is_some())),
            ("rlimit_nproc", has(|sandbox| sandbox.rlimit_nproc)),
        ]
    }

    fn process_layers(&self) -> [(&'static str, bool); 3] {
        let Hardening { not_dumpable, no_core_dumps, umask } = self.process;
        [("not_dumpable", not_dumpable), ("no_core_dumps", no_core_dumps), ("umask", umask)]
    }

    fn set_gauges(&self) {
        let (sandbox, process) = ("lexicontract_sandbox_active", "lexicontract_process_hardening_active");
        metrics::describe_gauge!(sandbox, "Whether a layer isolates the process that reads a document.");
        metrics::describe_gauge!(process, "Whether a protection of the server's process is active.");
        for (layer, is_active) in self.reader_layers() {
            metrics::gauge!(sandbox, "layer" => layer).set(u8::from(is_active));
        }
        for (layer, is_active) in self.process_layers() {
            metrics::gauge!(process, "layer" => layer).set(u8::from(is_active));
        }
    }

    /// Returns all possible warnings. The flag is true if the warning applies.
    pub(crate) fn warnings(&self) -> [(bool, OperatorWarning); 4] {
        let [.., (_, seccomp), (_, landlock), _] = self.reader_layers();
        let can_read = self.reader.is_ok();
        [
            (!can_read, OperatorWarning::ReaderNotIsolated),
            (can_read && !seccomp, OperatorWarning::ReaderWithoutSeccomp),
            (can_read && !landlock, OperatorWarning::ReaderWithoutLandlock),
            (self.process_layers().iter().any(|(_, is_active)| !is_active), OperatorWarning::ProcessNotHardened),
        ]
    }
}

impl fmt::Display for Isolation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let on = |is_active: bool| if is_active { "on" } else { "off" };
        f.write_str("document reader sandbox:")?;
        match &self.reader {
            Ok(Sandbox { no_new_privs, seccomp, landlock, rlimit_nproc }) => {
                write!(f, " no_new_privs={} seccomp={} landlock={}", on(*no_new_privs), on(*seccomp), on(landlock.is_some()))?;
                if let Some(abi) = landlock {
                    write!(f, " (ABI {abi})")?;
                }
                write!(f, " nproc={}", on(*rlimit_nproc))?;
            }
            Err(error) => write!(f, " failed, no document can be read ({error})")?,
        }
        let Hardening { not_dumpable, no_core_dumps, umask } = self.process;
        let umask = if umask { "077" } else { "open" };
        write!(f, "; process: dumpable={} core_dumps={} umask={umask}", on(!not_dumpable), on(!no_core_dumps))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ALL: Sandbox = Sandbox { no_new_privs: true, seccomp: true, landlock: Some(6), rlimit_nproc: true };
    const HARDENED: Hardening = Hardening { not_dumpable: true, no_core_dumps: true, umask: true };

    fn warnings(isolation: &Isolation) -> Vec<OperatorWarning> {
        isolation.warnings().into_iter().filter_map(|(applies, warning)| applies.then_some(warning)).collect()
    }

    #[test]
    fn active_layers_are_listed_without_warnings() {
        let isolation = Isolation { reader: Ok(ALL), process: HARDENED };
        assert_eq!(
            isolation.to_string(),
            "document reader sandbox: no_new_privs=on seccomp=on landlock=on (ABI 6) nproc=on; process: dumpable=off core_dumps=off \
             umask=077"
        );
        assert_eq!(warnings(&isolation), []);
    }

    #[test]
    fn each_missing_layer_gives_a_warning() {
        let reader = Ok(Sandbox { seccomp: false, landlock: None, ..ALL });
        let process = Hardening { not_dumpable: false, umask: false, ..HARDENED };
        let isolation = Isolation { reader, process };
        assert_eq!(
            isolation.to_string(),
            "document reader sandbox: no_new_privs=on seccomp=off landlock=off nproc=on; process: dumpable=on core_dumps=off umask=open"
        );
        let expected =
            [OperatorWarning::ReaderWithoutSeccomp, OperatorWarning::ReaderWithoutLandlock, OperatorWarning::ProcessNotHardened];
        assert_eq!(warnings(&isolation), expected);
        let isolation = Isolation { reader: Err(SandboxCheckError::TimedOut), process: HARDENED };
        assert_eq!(warnings(&isolation), [OperatorWarning::ReaderNotIsolated]);
        assert!(isolation.to_string().contains("no document can be read (it did not answer in time)"), "{isolation}");
    }
}
