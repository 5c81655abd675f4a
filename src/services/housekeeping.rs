//! Scheduled removal of sessions and consents that have ended, API tokens that expired long ago, signed messages and posted forms, deliveries and dead jobs
//! after their retention, files that no contract refers to. Several servers on one database share the work, and every piece of it is bounded.

use crate::{
    db::{
        auth::idempotency,
        contracts::versions,
        deliveries::{self, webhook_messages},
        housekeeping as table, jobs,
    },
    domain::{
        ids::{OrganizationId, VersionId},
        time::Timestamp,
    },
    hub::{Hub, Result},
};
use futures::TryStreamExt;
use std::time::Duration;

const HOUR: Duration = Duration::from_secs(60 * 60);
const DAY: Duration = Duration::from_secs(24 * 60 * 60);
/// How many rows one transaction removes: nobody waits for it longer than for any other.
const ROWS_AT_ONCE: i64 = 200;
/// How many transactions of one kind follow each other; the rest waits for the next time.
const MOST_TRANSACTIONS: usize = 500;
/// How many files are looked up in one transaction.
const FILES_AT_ONCE: usize = 100;
/// A file younger than this may belong to a version that is about to be stored: no upload and no download takes so long.
pub const FILE_GRACE: Duration = DAY;

/// How long a signed message is remembered at least: longer than anyone tries to send the same one.
const REMEMBERED: Duration = DAY;

/// How long an expired API token stays in the list.
const EXPIRED_TOKENS_SHOWN: Duration = Duration::from_secs(30 * 24 * 60 * 60);

/// A piece of housekeeping.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Task {
    Expired,
    Retention,
    Files,
}

impl Task {
    const ALL: [Self; 3] = [Self::Expired, Self::Retention, Self::Files];

    /// Its name in the database, and how often it is done.
    fn schedule(self) -> (&'static str, Duration) {
        match self {
            Self::Expired => ("expired", Duration::from_secs(10 * 60)),
            Self::Retention => ("retention", HOUR),
            Self::Files => ("files", DAY),
        }
    }
}

impl Hub {
    /// Does what is due and what no other server does.
    ///
    /// # Errors
    /// The database or the file storage did not answer. What was taken is due again at its next time.
    pub async fn run_housekeeping(&self) -> Result<()> {
        let now = self.clock().now();
        for task in Task::ALL {
            let (name, every) = task.schedule();
            let mut tx = self.db.begin().await?;
            let is_ours = table::take(&mut tx, name, now, now + every).await?;
            tx.commit().await?;
            match task {
                _ if !is_ours => {}
                Task::Expired => {
                    self.remove_expired().await?;
                    self.forget_messages(now - REMEMBERED).await?;
                    self.forget_form_posts(now - crate::services::auth::idempotency::REMEMBERED).await?;
                    self.forget_tokens(now - EXPIRED_TOKENS_SHOWN).await?;
                }
                Task::Retention => self.remove_old(now - self.config().retention).await?,
                Task::Files => drop(self.sweep_files(FILE_GRACE).await?),
            }
        }
        Ok(())
    }

    async fn forget_messages(&self, before: Timestamp) -> Result<()> {
        for _ in 0..MOST_TRANSACTIONS {
            let mut tx = self.db.begin().await?;
            let gone = webhook_messages::delete_older(&mut tx, before, ROWS_AT_ONCE).await?;
            tx.commit().await?;
            if gone == 0 {
                break;
            }
        }
        Ok(())
    }

    async fn forget_tokens(&self, before: Timestamp) -> Result<()> {
        for _ in 0..MOST_TRANSACTIONS {
            if self.forget_expired_tokens(before, ROWS_AT_ONCE).await? == 0 {
                break;
            }
        }
        Ok(())
    }

    async fn forget_form_posts(&self, before: Timestamp) -> Result<()> {
        for _ in 0..MOST_TRANSACTIONS {
            let mut tx = self.db.begin().await?;
            let gone = idempotency::delete_older(&mut tx, before, ROWS_AT_ONCE).await?;
            tx.commit().await?;
            if gone == 0 {
                break;
            }
        }
        Ok(())
    }

    async fn remove_old(&self, before: Timestamp) -> Result<()> {
        let (mut gone_deliveries, mut gone_jobs) = (0, 0);
        for _ in 0..MOST_TRANSACTIONS {
            let mut tx = self.db.begin().await?;
            let ended = deliveries::delete_ended(&mut tx, before, ROWS_AT_ONCE).await?;
            let dead = jobs::delete_dead(&mut tx, before, ROWS_AT_ONCE).await?;
            tx.commit().await?;
            if ended + dead == 0 {
                break;
            }
            gone_deliveries += ended;
            gone_jobs += dead;
        }
        if gone_deliveries + gone_jobs > 0 {
            tracing::info!(deliveries = gone_deliveries, jobs = gone_jobs, "removed what was kept long enough");
        }
        Ok(())
    }

    /// Removes files that are older than `grace` and that no version refers to: what is left when a process ends between storing a file
    /// and storing its row. Gives how many there were.
    ///
    /// # Errors
    /// The database or the file storage did not answer.
    pub async fn sweep_files(&self, grace: Duration) -> Result<u64> {
        let before = self.clock().now() - grace;
        let mut removed = self.files.remove_unfinished(before).await?;
        let mut chunks = self.files.written_before(before).try_chunks(FILES_AT_ONCE);
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
