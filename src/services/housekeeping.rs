//! Housekeeping: scheduled removal of old data. It removes sessions, OAuth flows, API tokens, signed messages, idempotency keys,
//! deliveries, dead jobs, and files without a version. Each due task is run by one of the servers that share a database. All
//! transactions are limited in size.

use crate::{
    db::{
        account::api_tokens,
        auth::{idempotency, sessions},
        connections::oauth_flows,
        contracts::versions,
        deliveries::{self, webhook_messages},
        housekeeping as table, jobs,
    },
    domain::{
        ids::{OrganizationId, VersionId},
        time::Timestamp,
    },
    hub::{Hub, Result},
    services::auth::{idempotency::KEY_LIFETIME, sign_in::SESSION_IDLE},
};
use futures::TryStreamExt;
use std::time::Duration;
use strum::{IntoStaticStr, VariantArray};

const HOUR: Duration = Duration::from_secs(60 * 60);
const DAY: Duration = Duration::from_secs(24 * 60 * 60);
/// Maximum number of rows per transaction.
const BATCH_ROWS: i64 = 200;
/// Maximum number of transactions per run for one kind of row. The next run removes the remaining rows.
const MAX_BATCHES: usize = 500;
/// Number of files that are looked up in one read transaction.
const BATCH_FILES: usize = 100;
/// Minimum age of a file that is removed. A younger file may belong to a version that is not stored yet, because its upload or
/// download is still in progress.
pub const FILE_GRACE: Duration = DAY;
/// Minimum time for which the ids of signed messages are kept, to detect replays.
const MESSAGE_RETENTION: Duration = DAY;
/// Time for which the list of API tokens shows an expired token.
const EXPIRED_TOKEN_RETENTION: Duration = Duration::from_secs(30 * 24 * 60 * 60);

#[derive(Clone, Copy, Debug, PartialEq, Eq, IntoStaticStr, VariantArray)]
#[strum(serialize_all = "snake_case")]
enum Task {
    Expired,
    Retention,
    Files,
}

impl Task {
    fn interval(self) -> Duration {
        match self {
            Self::Expired => Duration::from_secs(10 * 60),
            Self::Retention => HOUR,
            Self::Files => DAY,
        }
    }
}

/// Kinds of rows that are removed in batches.
#[derive(Clone, Copy)]
enum OldRows {
    SignedMessages,
    IdempotencyKeys,
    ApiTokens,
    Deliveries,
    DeadJobs,
}

impl Hub {
    /// Runs the tasks that are due and that no other server has started. If a task fails, it runs again at its next scheduled
    /// time.
    pub async fn run_housekeeping(&self) -> Result<()> {
        let now = self.clock().now();
        for task in Task::VARIANTS {
            let mut tx = self.db.begin().await?;
            let is_taken = table::take(&mut tx, task.into(), now, now + task.interval()).await?;
            tx.commit().await?;
            match task {
                _ if !is_taken => {}
                Task::Expired => {
                    self.remove_sessions_and_consents(now).await?;
                    self.remove_rows(OldRows::SignedMessages, now - MESSAGE_RETENTION).await?;
                    self.remove_rows(OldRows::IdempotencyKeys, now - KEY_LIFETIME).await?;
                    self.remove_rows(OldRows::ApiTokens, now - EXPIRED_TOKEN_RETENTION).await?;
                }
                Task::Retention => {
                    let before = now - self.config().retention;
                    let deliveries = self.remove_rows(OldRows::Deliveries, before).await?;
                    let jobs = self.remove_rows(OldRows::DeadJobs, before).await?;
                    if deliveries + jobs > 0 {
                        tracing::info!(deliveries, jobs, "removed rows after their retention");
                    }
                }
                Task::Files => drop(self.sweep_files(FILE_GRACE).await?),
            }
        }
        Ok(())
    }

    async fn remove_sessions_and_consents(&self, now: Timestamp) -> Result<()> {
        let mut tx = self.db.begin().await?;
        sessions::delete_expired(&mut tx, now, now - SESSION_IDLE).await?;
        oauth_flows::delete_expired(&mut tx, now).await?;
        Ok(tx.commit().await?)
    }

    async fn remove_rows(&self, rows: OldRows, before: Timestamp) -> Result<u64> {
        let mut removed = 0;
        for _ in 0..MAX_BATCHES {
            let mut tx = self.db.begin().await?;
            let batch = match rows {
                OldRows::SignedMessages => webhook_messages::delete_older(&mut tx, before, BATCH_ROWS).await?,
                OldRows::IdempotencyKeys => idempotency::delete_older(&mut tx, before, BATCH_ROWS).await?,
                OldRows::ApiTokens => api_tokens::delete_expired(&mut tx, before, BATCH_ROWS).await?,
                OldRows::Deliveries => deliveries::delete_ended(&mut tx, before, BATCH_ROWS).await?,
                OldRows::DeadJobs => jobs::delete_dead(&mut tx, before, BATCH_ROWS).await?,
            };
            tx.commit().await?;
            removed += batch;
            if batch == 0 {
                break;
            }
        }
        Ok(removed)
    }

    /// Removes files that are older than `grace` and that no version refers to. Such a file remains if the server crashes after
    /// storing a file and before storing its version. Returns the number of removed files.
    pub async fn sweep_files(&self, grace: Duration) -> Result<u64> {
        let before = self.clock().now() - grace;
        let mut removed = self.files.remove_unfinished(before).await?;
        let mut chunks = self.files.written_before(before).try_chunks(BATCH_FILES);
        while let Some(found) = chunks.try_next().await.map_err(|error| error.1)? {
            for (organization, version) in self.unreferenced(found).await? {
                self.files.delete(&organization, &version).await?;
                tracing::warn!(%organization, %version, "removed a file that no contract refers to");
                removed += 1;
            }
        }
        if removed > 0 {
            metrics::counter!("lexicontract_orphan_files_removed_total").increment(removed);
        }
        Ok(removed)
    }

    async fn unreferenced(&self, found: Vec<(OrganizationId, VersionId)>) -> Result<Vec<(OrganizationId, VersionId)>> {
        let mut orphans = Vec::new();
        let mut tx = self.db.read().await?;
        for (organization, version) in found {
            if versions::find(&mut tx, &organization, &version).await?.is_none() {
                orphans.push((organization, version));
            }
        }
        Ok(orphans)
    }
}
