//! Locks beside the SQLite file: of the one server on it, whose earlier claims are its own, and of the program that migrates it.

use crate::db::Db;
use std::{
    fs::{File, TryLockError},
    io,
    time::Duration,
};

/// How long a migration waits for another one, and how often it looks.
const MIGRATION_TIMEOUT: Duration = Duration::from_secs(60);
const LOOK_AGAIN: Duration = Duration::from_millis(50);

impl Db {
    /// A lock beside the SQLite file, held as long as the value lives and given up by the kernel when the process dies; `None` on
    /// PostgreSQL, and when another server holds it.
    ///
    /// # Errors
    /// The lock's file cannot be made.
    pub fn try_lock_server(&self) -> io::Result<Option<File>> {
        self.try_lock(".server")
    }

    /// A lock that one migration of a SQLite file holds at a time: SQLite has no lock that spans several transactions. PostgreSQL's
    /// migrations lock themselves.
    pub(crate) async fn lock_migrations(&self) -> io::Result<Option<File>> {
        if matches!(self, Self::Postgres { .. }) {
            return Ok(None);
        }
        let lock = async {
            loop {
                match self.try_lock(".migration")? {
                    Some(file) => return Ok(Some(file)),
                    None => tokio::time::sleep(LOOK_AGAIN).await,
                }
            }
        };
        let waited = tokio::time::timeout(MIGRATION_TIMEOUT, lock).await;
        waited.unwrap_or_else(|_| {
            Err(io::Error::other("another program has been migrating it for a minute; start again when it has ended"))
        })
    }

    fn try_lock(&self, ending: &str) -> io::Result<Option<File>> {
        let Self::Sqlite { writer, .. } = self else { return Ok(None) };
        let mut path = writer.connect_options().get_filename().to_owned();
        path.as_mut_os_string().push(ending);
        let file = File::options().create(true).truncate(false).write(true).open(path)?;
        match file.try_lock() {
            Ok(()) => Ok(Some(file)),
            Err(TryLockError::WouldBlock) => Ok(None),
            Err(TryLockError::Error(error)) => Err(error),
        }
    }
}
