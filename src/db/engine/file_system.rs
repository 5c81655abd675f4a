//! Checks that the file system of the SQLite file is suitable. SQLite needs locks and shared memory that work across processes,
//! and a sync that really writes to the disk.

use crate::db::errors::connect_error::ConnectError;
use std::io;
use std::path::Path;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fitness {
    /// A local disk, or a file system without known problems.
    Local,
    /// The files are possibly on another machine, so the reliability of locks and syncs is unknown.
    Uncertain(&'static str),
    /// The files are on another machine. SQLite's locks and shared memory do not work reliably there.
    Network(&'static str),
}

/// Determines the suitability of a folder. An unknown file system counts as local.
pub(crate) fn of_folder(folder: &Path) -> Fitness {
    match magic_number(folder) {
        Ok(magic) => of_magic_number(magic),
        Err(error) => {
            tracing::warn!(%error, folder = %folder.display(), "could not read the kind of a file system");
            Fitness::Local
        }
    }
}

/// Returns `f_type` from statfs(2). Casts the field to 32 bits, the size of all magic numbers, because its type depends on the
/// architecture.
fn magic_number(folder: &Path) -> io::Result<u32> {
    Ok(rustix::fs::statfs(folder)?.f_type as u32)
}

/// Rejects a folder on a network file system.
pub(crate) fn check(folder: &Path) -> Result<(), ConnectError> {
    match of_folder(folder) {
        Fitness::Network(kind) => Err(ConnectError::Unsuitable(rejection(kind))),
        Fitness::Local | Fitness::Uncertain(_) => Ok(()),
    }
}

fn rejection(kind: &str) -> String {
    format!(
        "the folder of the SQLite file is on a network file system ({kind}), where SQLite's locks do not protect it from \
         corruption. Put the file on a disk of this machine, or use PostgreSQL"
    )
}

fn of_magic_number(magic: u32) -> Fitness {
    match magic {
        0x6969 => Fitness::Network("NFS"),
        0x517B | 0xFE53_4D42 | 0xFF53_4D42 => Fitness::Network("SMB"),
        0x5346_414F | 0x6B41_4653 => Fitness::Network("AFS"),
        0x564C => Fitness::Network("NCP"),
        0x7375_7245 => Fitness::Network("Coda"),
        0x00C3_6400 => Fitness::Network("CephFS"),
        0x0BD0_0BD0 => Fitness::Network("Lustre"),
        0x4750_4653 => Fitness::Network("GPFS"),
        0x1983_0326 => Fitness::Network("BeeGFS"),
        0x6573_5546 => Fitness::Uncertain("FUSE"),
        0x0102_1997 => Fitness::Uncertain("9p"),
        0x786F_4256 => Fitness::Uncertain("VirtualBox shared folder"),
        0xBACB_ACBC => Fitness::Uncertain("VMware shared folder"),
        0x0116_1970 => Fitness::Uncertain("GFS2"),
        0x7461_636F => Fitness::Uncertain("OCFS2"),
        _ => Fitness::Local,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_shared_file_systems_are_unsuitable() {
        // These numbers are the output of `stat -f -c %t` on folders with these file systems, and are defined in linux/magic.h.
        for (magic, expected) in [
            (0x6969, Fitness::Network("NFS")),
            (0x517B, Fitness::Network("SMB")),
            (0xFF53_4D42, Fitness::Network("SMB")),
            (0xFE53_4D42, Fitness::Network("SMB")),
            (0x5346_414F, Fitness::Network("AFS")),
            (0x00C3_6400, Fitness::Network("CephFS")),
            (0x6573_5546, Fitness::Uncertain("FUSE")),
            (0x0102_1997, Fitness::Uncertain("9p")),
        ] {
            assert_eq!(of_magic_number(magic), expected, "{magic:x}");
        }
        // ext4, XFS, Btrfs, ZFS, F2FS, tmpfs, overlayfs.
        for magic in [0xEF53, 0x5846_5342, 0x9123_683E, 0x2FC1_2FC1, 0xF2F5_2010, 0x0102_1994, 0x794C_7630] {
            assert_eq!(of_magic_number(magic), Fitness::Local, "{magic:x}");
        }
    }

    #[test]
    fn magic_number_of_a_real_folder_is_read() {
        assert_eq!(magic_number(Path::new("/proc")).unwrap(), 0x9FA0);
        assert_eq!(of_folder(Path::new("/does/not/exist")), Fitness::Local, "opening the file reports what is wrong");
    }

    #[test]
    fn network_folder_is_rejected_with_advice() {
        let message = rejection("NFS");
        for part in ["network file system (NFS)", "a disk of this machine", "PostgreSQL"] {
            assert!(message.contains(part), "{part}: {message}");
        }
    }
}
