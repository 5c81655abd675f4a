//! Lock files next to the SQLite file. The lock `.server` shows whether another server uses the SQLite file. The lock
//! `.migration` serializes migrations.

use crate::db::Db;
use std::fs::{File, TryLockError};
use std::io;
use std::time::Duration;

/// Time limit for waiting until another process has finished its migration.
const MIGRATION_TIMEOUT: Duration = Duration::from_secs(60);
/// Interval between attempts to get the migration lock.
const LOOK_AGAIN: Duration = Duration::from_millis(50);

impl Db {
    /// Tries to get the server lock, which is held until the returned file is dropped or the process ends. Returns `None` if
    /// another server holds the lock, and on PostgreSQL.
    pub fn try_lock_server(&self) -> io::Result<Option<File>> {
        self.try_lock(".server")
    }

    /// Serializes migrations of a SQLite file, because SQLite has no lock that spans several transactions. Returns `None` on
    /// PostgreSQL, where sqlx locks the database during a migration.
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
