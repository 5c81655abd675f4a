//! Free disk space, and the reserve that must stay free after a file is stored.

use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};
use std::{fmt, io};

/// Time for which the measured free space is cached.
const TTL: Duration = Duration::from_secs(1);

type Read = dyn Fn(&Path) -> io::Result<u64> + Send + Sync;

/// The disks that hold the stored files and the SQLite file.
pub struct Disks {
    folders: Vec<PathBuf>,
    reserve: u64,
    read: Box<Read>,
    last: Mutex<Option<(Instant, Option<u64>)>>,
}

impl Disks {
    /// `reserve` is the number of bytes that must stay free; 0 disables the check.
    pub fn new(folders: Vec<PathBuf>, reserve: u64) -> Self {
        Self::read_by(folders, reserve, free_bytes)
    }

    fn read_by(folders: Vec<PathBuf>, reserve: u64, read: impl Fn(&Path) -> io::Result<u64> + Send + Sync + 'static) -> Self {
        Self { folders, reserve, read: Box::new(read), last: Mutex::new(None) }
    }

    /// True if files can be written. Ignores disks whose free space cannot be read.
    pub fn has_room(&self) -> bool {
        self.reserve == 0 || self.free().is_none_or(|free| free >= self.reserve)
    }

    /// Returns the free bytes of the disk with the least free space; `None` if no disk can be read.
    pub fn free(&self) -> Option<u64> {
        let mut last = self.last.lock().unwrap_or_else(PoisonError::into_inner);
        match *last {
            Some((read_at, free)) if read_at.elapsed() < TTL => free,
            _ => {
                let free = self.folders.iter().filter_map(|folder| self.read_one(folder)).min();
                *last = Some((Instant::now(), free));
                free
            }
        }
    }

    fn read_one(&self, folder: &Path) -> Option<u64> {
        (self.read)(folder)
            .inspect_err(|error| tracing::warn!(%error, folder = %folder.display(), "could not read the free space of a disk"))
            .ok()
    }
}

impl fmt::Debug for Disks {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Disks").field("folders", &self.folders).field("reserve", &self.reserve).finish_non_exhaustive()
    }
}

/// Returns the number of bytes that are free for unprivileged users.
fn free_bytes(folder: &Path) -> io::Result<u64> {
    let disk = rustix::fs::statvfs(folder)?;
    Ok(disk.f_bavail.saturating_mul(disk.f_frsize))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::Arc;
    use std::sync::atomic::{AtomicUsize, Ordering};

    fn disks(free: &'static [u64], reserve: u64) -> Disks {
        let folders = (0..free.len()).map(|number| PathBuf::from(number.to_string())).collect();
        let at = |folder: &Path| folder.to_str().and_then(|name| name.parse::<usize>().ok());
        Disks::read_by(folders, reserve, move |folder| at(folder).map(|at| free[at]).ok_or(io::ErrorKind::NotFound.into()))
    }

    #[test]
    fn the_disk_with_the_least_free_space_counts() {
        assert!(disks(&[100, 200], 100).has_room());
        assert!(!disks(&[200, 99], 100).has_room());
        assert_eq!(disks(&[200, 99], 100).free(), Some(99));
    }

    #[test]
    fn without_a_reserve_or_a_readable_disk_there_is_room() {
        assert!(disks(&[0], 0).has_room());
        assert!(disks(&[], u64::MAX).has_room());
        let unreadable = Disks::read_by(vec!["x".into()], 1, |_| Err(io::ErrorKind::NotFound.into()));
        assert!(unreadable.has_room());
    }

    #[test]
    fn readings_are_cached() {
        let readings = Arc::new(AtomicUsize::new(0));
        let counted = readings.clone();
        let disks = Disks::read_by(vec!["x".into()], 100, move |_| {
            counted.fetch_add(1, Ordering::SeqCst);
            Ok(99)
        });
        assert!((0..1_000).all(|_| !disks.has_room()));
        // The limit is above 1, because the cached value can expire during the loop on a slow machine.
        assert!(readings.load(Ordering::SeqCst) < 10);
    }

    #[test]
    fn a_real_disk_is_read() {
        let folder = tempfile::tempdir().unwrap();
        assert!(Disks::new(vec![folder.path().to_owned()], 0).free().is_some());
        assert!(!Disks::new(vec![folder.path().to_owned()], u64::MAX).has_room());
    }
}
