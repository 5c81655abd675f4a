//! Removes what is left of deleted rows in the SQLite file and in its write-ahead log.
//!
//! `secure_delete` overwrites deleted rows. Copies of rows can still remain in the unused part of a page, because SQLite does not
//! clear the place from which it moves a row when it splits or merges pages. `VACUUM` writes all pages again.

use crate::db::{Db, Result};
use std::time::Duration;

/// File size up to which `VACUUM` takes less than a tenth of a second. Writers wait while it runs.
const SMALL_FILE_BYTES: i64 = 16 * 1024 * 1024;
/// File size up to which `VACUUM` takes about a second.
const MEDIUM_FILE_BYTES: i64 = 256 * 1024 * 1024;
const MEDIUM_FILE_INTERVAL: Duration = Duration::from_secs(30);
const LARGE_FILE_INTERVAL: Duration = Duration::from_secs(24 * 60 * 60);

impl Db {
    /// Minimum time between two runs of `VACUUM`, because it delays other writers. `None` for a small file, and on PostgreSQL, where
    /// [`Self::remove_remains`] does nothing.
    pub async fn rewrite_interval(&self) -> Result<Option<Duration>> {
        let Self::Sqlite { readers, .. } = self else { return Ok(None) };
        let sql = "SELECT page_count * page_size FROM pragma_page_count, pragma_page_size";
        let bytes: i64 = sqlx::query_scalar(sql).fetch_one(readers).await?;
        let interval = if bytes <= MEDIUM_FILE_BYTES { MEDIUM_FILE_INTERVAL } else { LARGE_FILE_INTERVAL };
        Ok((bytes > SMALL_FILE_BYTES).then_some(interval))
    }

    /// Rewrites the SQLite file and empties its write-ahead log. Returns false if a reader still needs the log, so that it must be
    /// emptied later. Does nothing on PostgreSQL, whose autovacuum and retention of WAL the operator configures.
    pub async fn remove_remains(&self) -> Result<bool> {
        let Self::Sqlite { writer, .. } = self else { return Ok(true) };
        let mut connection = writer.acquire().await?;
        // Does nothing while a reader, such as a backup, needs the log. Emptying the log would wait for the reader, and other writers
        // would wait too.
        let (_, frames, copied): (i64, i64, i64) =
            sqlx::query_as("PRAGMA wal_checkpoint(PASSIVE)").fetch_one(&mut *connection).await?;
        if copied < frames {
            return Ok(false);
        }
        // `VACUUM` copies the database to a temporary file, which can be larger than the memory.
        sqlx::query("PRAGMA temp_store = file").execute(&mut *connection).await?;
        let rewritten = sqlx::query("VACUUM").execute(&mut *connection).await;
        sqlx::query("PRAGMA temp_store = memory").execute(&mut *connection).await?;
        rewritten?;
        let (is_busy, _, _): (i64, i64, i64) =
            sqlx::query_as("PRAGMA wal_checkpoint(TRUNCATE)").fetch_one(&mut *connection).await?;
        Ok(is_busy == 0)
    }
}
