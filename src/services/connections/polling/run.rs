//! The job that polls one connection. Each page of changes is stored in one transaction: the deliveries, the keys of their events,
//! and the position of the next page.

use super::cursor::Cursor;
use super::entries::{FOUND, insert_entries};
use super::{RETRY_AFTER, is_current, pace};
use crate::connectors::{ApiUsage, Call, Changes, Deals, Position};
use crate::db::account::organization_usage;
use crate::db::connections::{ConnectionRow, issues, sync_cursors};
use crate::db::deliveries::ingestion;
use crate::db::jobs::JobRow;
use crate::db::{ReadConnection, Tx};
use crate::domain::account::quota::Quota;
use crate::domain::connection::deal::Entry;
use crate::domain::ids::{ConnectionId, OrganizationId};
use crate::domain::time::Timestamp;
use crate::fail_points::{Step, reach};
use crate::hub::{Hub, Result};
use crate::jobs::{self, FailureAction, JobError, JobResult, backoff};
use crate::services::connections::session::Caller;
use std::time::Duration;

const CHANGES_PER_PAGE: usize = 500;
/// Maximum number of pages of one run. The next run continues after them.
const PAGES_PER_RUN: usize = 40;
/// When a connection whose polling is off is looked at again. A change of the settings makes it due earlier.
const OFF: Duration = Duration::from_secs(60 * 60);
const LONGEST_PAUSE: Duration = Duration::from_secs(15 * 60);
const QUOTA: &str =
    "Too many deliveries of the organization are waiting, so new deals are read later. We continue automatically.";

impl Hub {
    /// Runs [`crate::jobs::Job::Poll`]. A failure is recorded in the cursor, which also says when to try again, so that the job
    /// itself is not retried.
    pub(crate) async fn poll(&self, job: &JobRow, id: &ConnectionId) -> JobResult {
        let Some(row) = self.connection_of_job(job, id).await?.filter(|row| row.is_enabled) else {
            return self.complete(job).await;
        };
        self.not_paused(job.into(), &row)?;
        let deals = self.usable(&row)?;
        match self.poll_connection(job, &row, deals).await {
            Err(error) if matches!(error.action, FailureAction::Retry(_) | FailureAction::Fail) => {
                self.record_failed_poll(job, &row, &error).await
            }
            polled => polled,
        }
    }

    async fn poll_connection(&self, job: &JobRow, row: &ConnectionRow, deals: &'static dyn Deals) -> JobResult {
        let began_at = self.clock().now();
        self.request_missing_starts(row).await?;
        self.make_starts(row, deals, None).await?;
        if row.metadata.settings.poll_interval().is_none() {
            return self.record_poll(job, row, None, OFF).await;
        }
        let cursor = Cursor::find(&mut self.db.acquire().await?, &row.organization_id, &row.id).await?.unwrap_or_default();
        let (mut from, api_usage) = (cursor.begin(), ApiUsage::default());
        for _ in 0..PAGES_PER_RUN {
            let changes = self.read_page(row, deals, &from, &api_usage).await?;
            let (is_last, next) = (changes.is_complete, changes.position.clone());
            if !self.store_changes(row, changes).await? {
                // The rule has changed, so the next run starts again with the new one.
                return self.record_poll(job, row, None, Duration::ZERO).await;
            }
            from = next;
            if is_last {
                let polled = Polled { began_at, api_usage: &api_usage };
                return self.record_poll(job, row, Some(polled), Duration::ZERO).await;
            }
        }
        self.record_poll(job, row, None, Duration::ZERO).await
    }

    /// Requests starts for the stages of a connection that has none, for example because it is older than polling.
    async fn request_missing_starts(&self, row: &ConnectionRow) -> Result<()> {
        let (organization, stages, now) = (&row.organization_id, row.metadata.settings.trigger_stages(), self.clock().now());
        let found = Cursor::find(&mut self.db.acquire().await?, organization, &row.id).await?.unwrap_or_default();
        let mut wanted = found.clone();
        wanted.request_missing(&stages, now);
        if wanted == found {
            return Ok(());
        }
        let mut tx = self.db.begin().await?;
        if is_current(&mut tx, row).await? {
            let mut cursor = Cursor::find_locked(&mut tx, organization, &row.id).await?;
            cursor.request_missing(&stages, now);
            cursor.store(&mut tx, organization, &row.id, now).await?;
            tx.commit().await?;
        }
        Ok(())
    }

    async fn read_page(
        &self,
        row: &ConnectionRow,
        deals: &'static dyn Deals,
        from: &Position,
        api_usage: &ApiUsage,
    ) -> JobResult<Changes> {
        let remaining = self.remaining_deliveries(&mut self.db.acquire().await?, &row.organization_id).await?;
        if remaining == 0 {
            return Err(JobError::postpone(self.clock().now() + RETRY_AFTER, QUOTA));
        }
        let (rule, limit) = (&row.metadata.settings.trigger_rule(), remaining.min(CHANGES_PER_PAGE));
        let call = move |call: Call| async move {
            let changes = deals.changed(&call, rule, from, limit).await;
            api_usage.record(call.api_usage().read());
            changes
        };
        Ok(self.with_session(Caller::Schedule, row, call).await?)
    }

    /// Returns false, and stores nothing, if the rule of the connection has changed since the changes were read.
    async fn store_changes(&self, row: &ConnectionRow, changes: Changes) -> JobResult<bool> {
        let (organization, now) = (&row.organization_id, self.clock().now());
        let mut tx = self.db.begin().await?;
        if !is_current(&mut tx, row).await? {
            return Ok(false);
        }
        let mut cursor = Cursor::find_locked(&mut tx, organization, &row.id).await?;
        let entries: Vec<&Entry> = changes.entries.iter().filter(|entry| cursor.is_after_start(entry)).collect();
        let found = insert_entries(&mut tx, row, &entries, FOUND, now).await?;
        cursor.count_reports(&entries, &found.new, &found.reported);
        cursor.advance(&changes.position, now);
        cursor.store(&mut tx, organization, &row.id, now).await?;
        if !found.new.is_empty() {
            sync_cursors::record_event(&mut tx, organization, &row.id, now).await?;
        }
        reach(Step::PollStoring);
        tx.commit().await?;
        reach(Step::PollStored);
        if !found.accepted.is_empty() {
            metrics::counter!("lexicontract_deliveries_polled_total").increment(found.accepted.len() as u64);
            self.notifier.notify();
        }
        Ok(true)
    }

    /// Completes the job. `polled` is `None` if the poll is not complete; the next one is then due after `wait`.
    async fn record_poll(&self, job: &JobRow, row: &ConnectionRow, polled: Option<Polled<'_>>, wait: Duration) -> JobResult {
        let (organization, now) = (&row.organization_id, self.clock().now());
        let mut tx = self.db.begin().await?;
        if ingestion::lock_connection(&mut tx, organization, &row.id).await?.is_some() {
            let mut due_at = now + wait;
            if let Some(Polled { began_at, api_usage }) = polled {
                // Before the cursor, because changes of the settings lock the connection first.
                issues::record_success(&mut tx, organization, &row.id, now).await?;
                let mut cursor = Cursor::find_locked(&mut tx, organization, &row.id).await?;
                (cursor.poll_began_at, cursor.polled_at, cursor.failures) = (Some(began_at), Some(now), 0);
                cursor.api_limit = api_usage.read().or(cursor.api_limit);
                cursor.store(&mut tx, organization, &row.id, now).await?;
                let (interval, _) = pace::pace(&row.metadata.settings, &cursor).unwrap_or((OFF, None));
                due_at = now + interval;
                let seconds = i64::try_from(interval.as_secs()).unwrap_or(i64::MAX);
                sync_cursors::record_poll(&mut tx, organization, &row.id, seconds).await?;
            }
            sync_cursors::reschedule(&mut tx, organization, &row.id, due_at).await?;
        }
        jobs::complete(&mut tx, job).await?;
        Ok(tx.commit().await?)
    }

    /// Completes the job of a failed poll. The pause doubles with each failure.
    async fn record_failed_poll(&self, job: &JobRow, row: &ConnectionRow, error: &JobError) -> JobResult {
        tracing::warn!(connection = %row.id, cause = error.cause, "a poll failed");
        let decision = error.action.into_str();
        metrics::counter!("lexicontract_job_failures_total", "kind" => job.kind.clone(), "decision" => decision).increment(1);
        let (organization, now) = (&row.organization_id, self.clock().now());
        let mut tx = self.db.begin().await?;
        if ingestion::lock_connection(&mut tx, organization, &row.id).await?.is_some() {
            let mut cursor = Cursor::find_locked(&mut tx, organization, &row.id).await?;
            cursor.failures += 1;
            cursor.store(&mut tx, organization, &row.id, now).await?;
            let message = (error.action == FailureAction::Fail).then_some(error.message.as_str());
            let due_at = now + retry_after(error, cursor.failures);
            sync_cursors::record_failure(&mut tx, organization, &row.id, due_at, message).await?;
        }
        jobs::complete(&mut tx, job).await?;
        Ok(tx.commit().await?)
    }

    /// Number of deliveries that the organization can add.
    pub(crate) async fn remaining_deliveries(&self, tx: &mut ReadConnection, organization: &OrganizationId) -> Result<usize> {
        let Some(limit) = self.config().quotas.limit(Quota::WaitingDeliveries) else { return Ok(usize::MAX) };
        let waiting = organization_usage::waiting_deliveries(tx, organization, limit).await?;
        Ok(usize::try_from(limit - waiting).unwrap_or(0))
    }

    /// Returns true if the organization exceeds the quota of waiting deliveries with the deliveries of the transaction.
    pub(crate) async fn is_over_waiting_quota(&self, tx: &mut Tx, organization: &OrganizationId) -> Result<bool> {
        let Some(limit) = self.config().quotas.limit(Quota::WaitingDeliveries) else { return Ok(false) };
        Ok(organization_usage::waiting_deliveries(tx, organization, limit + 1).await? > limit)
    }
}

/// A poll that read all changes.
struct Polled<'p> {
    began_at: Timestamp,
    api_usage: &'p ApiUsage,
}

fn retry_after(error: &JobError, failures: i64) -> Duration {
    let at_least = if let FailureAction::Retry(Some(wait)) = error.action { wait } else { Duration::ZERO };
    backoff::pause(failures).min(LONGEST_PAUSE).max(at_least)
}
