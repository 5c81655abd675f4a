//! The file system of the SQLite file. SQLite needs locks and shared memory that hold between all processes, and syncs that reach the disk.

use crate::db::errors::connect_error::ConnectError;
use std::{io, path::Path};

/// Whether a file system is fit for SQLite.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fitness {
    /// A disk of this machine, or a file system that is not known to be unfit.
    Local,
    /// It may or may not be on another machine: whether locks and syncs work depends on what is behind it.
    Uncertain(&'static str),
    /// It is on another machine, where locks and shared memory do not work as SQLite needs them.
    Network(&'static str),
}

/// The fitness of the file system of a folder. One that cannot be asked counts as local.
pub(crate) fn of_folder(folder: &Path) -> Fitness {
    match magic_number(folder) {
        Ok(magic) => of_magic_number(magic),
        Err(error) => {
            tracing::warn!(%error, folder = %folder.display(), "could not read the kind of a file system");
            Fitness::Local
        }
    }
}

/// `f_type` of statfs(2). The numbers have 32 bits; the field is wider, and signed on some architectures.
fn magic_number(folder: &Path) -> io::Result<u32> {
    Ok(rustix::fs::statfs(folder)?.f_type as u32)
}

/// Refuses a folder on another machine.
///
/// # Errors
/// What to change.
pub(crate) fn check(folder: &Path) -> Result<(), ConnectError> {
    match of_folder(folder) {
        Fitness::Network(kind) => Err(ConnectError::Unsuitable(refusal(kind))),
        Fitness::Local | Fitness::Uncertain(_) => Ok(()),
    }
}

fn refusal(kind: &str) -> String {
    format!(
        "the folder of the SQLite file is on a network file system ({kind}), where SQLite's locks do not protect it from corruption. Put \
         the file on a disk of this machine, or use PostgreSQL"
    )
}

/// The fitness by the magic number.
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
    fn network_file_systems_are_unfit_and_shared_folders_are_uncertain() {
        // `stat -f -c %t` on such folders; the kernel names them in linux/magic.h.
        for magic in [0x6969, 0x517B, 0xFF53_4D42, 0xFE53_4D42, 0x5346_414F, 0x00C3_6400] {
            assert!(matches!(of_magic_number(magic), Fitness::Network(_)), "{magic:x}");
        }
        for magic in [0x6573_5546, 0x0102_1997] {
            assert!(matches!(of_magic_number(magic), Fitness::Uncertain(_)), "{magic:x}");
        }
    }

    #[test]
    fn disks_and_layers_of_containers_are_fit() {
        // ext4, XFS, Btrfs, ZFS, F2FS, tmpfs, overlayfs.
        for magic in [0xEF53, 0x5846_5342, 0x9123_683E, 0x2FC1_2FC1, 0xF2F5_2010, 0x0102_1994, 0x794C_7630] {
            assert_eq!(of_magic_number(magic), Fitness::Local, "{magic:x}");
        }
    }

    #[test]
    fn the_number_of_a_real_folder_is_read() {
        assert_eq!(magic_number(Path::new("/proc")).unwrap(), 0x9FA0);
        assert_eq!(of_folder(Path::new("/does/not/exist")), Fitness::Local, "opening the file reports what is wrong");
    }

    #[test]
    fn a_network_folder_is_refused_with_what_to_do() {
        let said = refusal("NFS");
        for part in ["network file system (NFS)", "a disk of this machine", "PostgreSQL"] {
            assert!(said.contains(part), "{part}: {said}");
        }
    }
}
