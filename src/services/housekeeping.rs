//! Housekeeping: scheduled removal of expired rows, and of files without a version. If several servers share a database, only one
//! server runs each due task. Large numbers of rows are removed in several transactions.

use crate::db::account::api_tokens;
use crate::db::auth::{idempotency, sessions};
use crate::db::connections::{connect_links, oauth_flows, refused_calls};
use crate::db::contracts::versions;
use crate::db::deliveries::{self, webhook_messages};
use crate::db::{self, Tx, housekeeping as table, jobs};
use crate::domain::time::Timestamp;
use crate::hub::{Hub, Result};
use crate::services::auth::idempotency::KEY_LIFETIME;
use crate::services::auth::sign_in::SESSION_IDLE;
use crate::services::connections::refused_calls::REFUSED_CALL_RETENTION;
use futures::TryStreamExt;
use std::time::Duration;
use strum::{IntoStaticStr, VariantArray};

const HOUR: Duration = Duration::from_secs(60 * 60);
const DAY: Duration = Duration::from_secs(24 * 60 * 60);
const BATCH_ROWS: i64 = 200;
/// Maximum number of transactions per run for one kind of row. The next run removes the remaining rows.
const MAX_BATCHES: usize = 500;
const BATCH_FILES: usize = 100;
/// Minimum age of a file that is removed. A younger file may belong to an upload or download in progress.
pub const FILE_GRACE: Duration = DAY;
/// Retention of the ids of signed messages, by which replays are detected.
const MESSAGE_RETENTION: Duration = DAY;
/// Time for which the list of API tokens still shows an expired token.
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

impl Hub {
    /// Runs the due tasks that no other server has started. A failed task runs again at its next scheduled time.
    pub async fn run_housekeeping(&self) -> Result<()> {
        let now = self.clock().now();
        self.finish_erasures_soon().await;
        for task in Task::VARIANTS {
            let mut tx = self.db.begin().await?;
            let is_taken = table::take(&mut tx, task.into(), now, now + task.interval()).await?;
            tx.commit().await?;
            match task {
                _ if !is_taken => {}
                Task::Expired => {
                    let mut tx = self.db.begin().await?;
                    sessions::delete_expired(&mut tx, now, now - SESSION_IDLE).await?;
                    oauth_flows::delete_expired(&mut tx, now).await?;
                    connect_links::delete_expired(&mut tx, now).await?;
                    tx.commit().await?;
                    self.remove_rows(now - MESSAGE_RETENTION, webhook_messages::delete_older).await?;
                    self.remove_rows(now - REFUSED_CALL_RETENTION, refused_calls::delete_older).await?;
                    self.remove_rows(now - KEY_LIFETIME, idempotency::delete_older).await?;
                    self.remove_rows(now - EXPIRED_TOKEN_RETENTION, api_tokens::delete_expired).await?;
                }
                Task::Retention => {
                    let before = now - self.config().retention;
                    let deliveries = self.remove_rows(before, deliveries::delete_ended).await?;
                    let jobs = self.remove_rows(before, jobs::delete_dead).await?;
                    if deliveries + jobs > 0 {
                        tracing::info!(deliveries, jobs, "removed rows after their retention");
                    }
                }
                Task::Files => drop(self.sweep_files(FILE_GRACE).await?),
            }
        }
        Ok(())
    }

    async fn remove_rows(
        &self,
        before: Timestamp,
        delete_batch: impl AsyncFn(&mut Tx, Timestamp, i64) -> db::Result<u64>,
    ) -> Result<u64> {
        let mut removed = 0;
        for _ in 0..MAX_BATCHES {
            let mut tx = self.db.begin().await?;
            let batch = delete_batch(&mut tx, before, BATCH_ROWS).await?;
            tx.commit().await?;
            removed += batch;
            if batch == 0 {
                break;
            }
        }
        Ok(removed)
    }

    /// Removes files that are older than `grace` and not referenced by any version. Returns the number of removed files.
    pub async fn sweep_files(&self, grace: Duration) -> Result<u64> {
        let before = self.clock().now() - grace;
        let mut removed = self.files.remove_unfinished(before).await?;
        let mut chunks = self.files.written_before(before).try_chunks(BATCH_FILES);
        while let Some(found) = chunks.try_next().await.map_err(|error| error.1)? {
            let mut tx = self.db.read().await?;
            let mut orphans = Vec::new();
            for (organization, version) in found {
                if versions::find(&mut tx, &organization, &version).await?.is_none() {
                    orphans.push((organization, version));
                }
            }
            drop(tx);
            for (organization, version) in orphans {
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
}
