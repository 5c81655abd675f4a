//! Completes erasures: deletes files, the remaining rows of organizations, and the remains in the database.

use crate::db::erasures::{self, erased_files, organization_rows};
use crate::db::housekeeping;
use crate::domain::ids::OrganizationId;
use crate::domain::time::Timestamp;
use crate::fail_points::{Step, reach};
use crate::hub::{Hub, Result, chain};
use std::time::Duration;

const FILES_PER_BATCH: i64 = 100;
const ORGANIZATIONS_PER_RUN: i64 = 100;
const CONTRACTS_PER_COMMIT: i64 = 20;
/// Maximum number of batches of one run. The next housekeeping continues.
const BATCHES_PER_RUN: usize = 500;
/// Maximum number of erasures that one run completes.
const ERASURES_PER_RUN: i64 = 1_000;
/// Time after which the last row of an erased organization is removed. Until then, rejected requests and the revocation of its
/// grants can still add lines to its audit log.
const TOMBSTONE_RETENTION: Duration = Duration::from_secs(24 * 60 * 60);

impl Hub {
    /// Like [`Self::finish_erasures`]. Only logs a failure, because each housekeeping tries again.
    pub(crate) async fn finish_erasures_soon(&self) {
        if let Err(error) = self.finish_erasures().await {
            tracing::warn!(error = chain(&error), "an erasure is not complete; housekeeping continues it");
        }
    }

    /// Completes the erasures of all organizations. Several servers can do this concurrently.
    pub async fn finish_erasures(&self) -> Result<()> {
        // The database does not wait for a storage that does not respond.
        let mut files = self.delete_erased_files().await;
        let mut unfinished = Vec::new();
        for (organization, erased_at) in organization_rows::erased(&mut self.db.acquire().await?, ORGANIZATIONS_PER_RUN).await? {
            if self.erase_remaining_rows(&organization).await? {
                files = files.and(self.finish_organization(&organization, erased_at).await);
            } else {
                unfinished.push(organization.to_string());
            }
        }
        files = files.and(self.delete_erased_files().await);
        self.remove_remains(&unfinished).await?;
        files
    }

    async fn finish_organization(&self, organization: &OrganizationId, erased_at: Timestamp) -> Result<()> {
        self.files.delete_all(organization).await?;
        if self.clock().now().since(erased_at) >= TOMBSTONE_RETENTION {
            let mut tx = self.db.begin().await?;
            organization_rows::delete(&mut tx, organization).await?;
            tx.commit().await?;
        }
        Ok(())
    }

    async fn delete_erased_files(&self) -> Result<()> {
        for _ in 0..BATCHES_PER_RUN {
            let files = erased_files::list(&mut self.db.acquire().await?, FILES_PER_BATCH).await?;
            if files.is_empty() {
                break;
            }
            for (organization, version) in files {
                self.files.delete(&organization, &version).await?;
                reach(Step::ErasureFileDeleted);
                let mut tx = self.db.begin().await?;
                erased_files::delete(&mut tx, &organization, &version).await?;
                tx.commit().await?;
            }
        }
        Ok(())
    }

    /// Removes the rows of an erased organization in batches. Returns false if the run has removed as many as it may.
    async fn erase_remaining_rows(&self, organization: &OrganizationId) -> Result<bool> {
        for _ in 0..BATCHES_PER_RUN {
            let mut tx = self.db.begin().await?;
            let contracts = organization_rows::contracts(&mut tx, organization, CONTRACTS_PER_COMMIT).await?;
            for contract in &contracts {
                self.erase_rows(&mut tx, organization, contract).await?;
            }
            let is_done = contracts.is_empty() && !organization_rows::erase_some(&mut tx, organization).await?;
            tx.commit().await?;
            if is_done {
                return Ok(true);
            }
            reach(Step::ErasureContinuing);
        }
        Ok(false)
    }

    /// Removes the remains of erased rows from the database, on a larger SQLite file not in each run. `unfinished` are the
    /// organizations that still have rows.
    async fn remove_remains(&self, unfinished: &[String]) -> Result<()> {
        let mut erased = erasures::list(&mut self.db.acquire().await?, ERASURES_PER_RUN).await?;
        erased.retain(|id| !unfinished.contains(id));
        if erased.is_empty() || !self.may_rewrite_file().await? {
            return Ok(());
        }
        if !self.db.remove_remains().await? {
            tracing::info!("a reader still needs the write-ahead log of SQLite; the erasure is completed later");
            return Ok(());
        }
        reach(Step::ErasureRemoved);
        let mut tx = self.db.begin().await?;
        for id in &erased {
            erasures::delete(&mut tx, id).await?;
        }
        Ok(tx.commit().await?)
    }

    async fn may_rewrite_file(&self) -> Result<bool> {
        let Some(interval) = self.db.rewrite_interval().await? else { return Ok(true) };
        let now = self.clock().now();
        let mut tx = self.db.begin().await?;
        let may_rewrite = housekeeping::take(&mut tx, "remains", now, now + interval).await?;
        tx.commit().await?;
        Ok(may_rewrite)
    }
}
