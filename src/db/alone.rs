//! Whether this server is the only one on its SQLite file. Then claims that are still there belong to its own earlier life.

use super::Db;
use std::fs::{File, TryLockError};

impl Db {
    /// A lock beside the SQLite file, held as long as the value lives and given up by the kernel when the process dies; `None` on
    /// PostgreSQL, and when another server holds it.
    ///
    /// # Errors
    /// The lock's file cannot be made.
    pub fn lock_out_others(&self) -> std::io::Result<Option<File>> {
        let Self::Sqlite { writer, .. } = self else { return Ok(None) };
        let mut path = writer.connect_options().get_filename().to_owned();
        path.as_mut_os_string().push(".server");
        let file = File::options().create(true).truncate(false).write(true).open(path)?;
        match file.try_lock() {
            Ok(()) => Ok(Some(file)),
            Err(TryLockError::WouldBlock) => Ok(None),
            Err(TryLockError::Error(error)) => Err(error),
        }
    }
}
