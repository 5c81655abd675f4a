//! Preemption: if one organization runs several analyses while another organization waits, one of the analyses is queued again.

use super::Job;
use super::run::analyses_due_by;
use crate::db::jobs::JobRow;
use crate::db::jobs::claim::analysis;
use crate::domain::ids::VersionId;
use crate::hub::{Hub, Result, chain};
use std::time::Duration;

/// Delay before a running analysis checks whether other analyses wait. During this delay, a free worker on any server can claim a
/// new analysis.
const SLOT_TIMEOUT: Duration = Duration::from_millis(500);
/// Interval at which a running analysis checks for waiting analyses if it receives no notification.
const POLL_EVERY: Duration = Duration::from_secs(5);

impl Hub {
    /// Completes when the analysis has been queued again because another organization needs its worker. Never completes for other
    /// jobs.
    pub(super) async fn preempted(&self, row: &JobRow, job: &Job) {
        let Job::Analyse(version) = job else { return std::future::pending().await };
        let mut queued = self.notifier.queued_analyses();
        loop {
            tokio::time::sleep(SLOT_TIMEOUT).await;
            queued.mark_unchanged();
            match self.yield_slot(row, version).await {
                Ok(true) => return,
                Ok(false) => {}
                Err(error) => tracing::warn!(error = chain(&error), "could not check for analyses that wait for a slot"),
            }
            let _ = tokio::time::timeout(POLL_EVERY, queued.changed()).await;
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
        tx.notify_job().await?;
        tx.commit().await?;
        tracing::info!(job = %row.id, organization = %row.organization_id, "analysis queued again: another organization waits");
        metrics::counter!("lexicontract_analyses_preempted_total").increment(1);
        self.notifier.notify_analyses();
        Ok(true)
    }
}
