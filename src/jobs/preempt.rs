//! Gives the slot of a running analysis to another organization that waits for one.

use super::{Job, run::analyses_due_by};
use crate::{
    db::jobs::{JobRow, claim::analysis},
    domain::ids::VersionId,
    hub::{Hub, Result, chain},
};
use std::time::Duration;

/// How long a new analysis waits for a free slot of any server before a running one is stopped for it.
const CLAIM_TIME: Duration = Duration::from_millis(500);
/// The longest that a running analysis goes without looking, if a notification is lost.
const LOOK_EVERY: Duration = Duration::from_secs(5);

impl Hub {
    /// Returns when the running analysis has been queued again for another organization. Other jobs are never preempted.
    pub(super) async fn preempted(&self, row: &JobRow, job: &Job) {
        let Job::Analyse(version) = job else { return std::future::pending().await };
        let mut queued = self.notifier.queued_analyses();
        loop {
            tokio::time::sleep(CLAIM_TIME).await;
            queued.mark_unchanged();
            match self.yield_slot(row, version).await {
                Ok(true) => return,
                Ok(false) => {}
                Err(error) => tracing::warn!(error = chain(&error), "could not look for analyses that wait for a slot"),
            }
            let _ = tokio::time::timeout(LOOK_EVERY, queued.changed()).await;
        }
    }

    async fn yield_slot(&self, row: &JobRow, version: &VersionId) -> Result<bool> {
        let now = self.clock().now();
        if !analysis::must_yield(&mut self.db.acquire().await?, row, analyses_due_by(now), now).await? {
            return Ok(false);
        }
        let mut tx = self.db.begin().await?;
        if !analysis::preempt(&mut tx, row, analyses_due_by(now), now).await? {
            return Ok(false);
        }
        self.record_analysis_preempted(&mut tx, row, version).await?;
        tx.announce_job().await?;
        tx.commit().await?;
        tracing::info!(job = %row.id, organization = %row.organization_id, "analysis queued again: another organization waits");
        metrics::counter!("lexicontract_analyses_preempted_total").increment(1);
        self.notifier.notify_analyses();
        Ok(true)
    }
}
