//! Two lock files next to the SQLite file: one restricts the SQLite file to one server, and the other serializes migrations.

use crate::db::Db;
use std::fs::{File, TryLockError};
use std::io;
use std::time::Duration;

/// Time limit for waiting until another process's migration ends, and interval between attempts to get the lock.
const MIGRATION_TIMEOUT: Duration = Duration::from_secs(60);
const LOOK_AGAIN: Duration = Duration::from_millis(50);

impl Db {
    /// Locks the SQLite file for this server until the returned file is dropped or the process dies; `None` on PostgreSQL, and if
    /// another server holds the lock.
    pub fn try_lock_server(&self) -> io::Result<Option<File>> {
        self.try_lock(".server")
    }

    /// Serializes migrations of a SQLite file, because SQLite has no lock that spans several transactions. On PostgreSQL, sqlx
    /// holds a lock.
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
