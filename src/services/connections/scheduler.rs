use super::polling;
use super::reconcile;
use super::refresh::KEEP_ALIVE_EVERY;
use crate::db::Tx;
use crate::db::connections::{self as table, issues, reconciliations, sync_cursors, token_refreshes};
use crate::db::jobs::{self, JobRow, NewJob};
use crate::domain::connection::ConnectionStatus;
use crate::domain::ids::{ConnectionId, OrganizationId};
use crate::hub::{Hub, Result};
use crate::jobs::{Job, JobResult, enqueue_or_reschedule};
use crate::random::new_id;
use crate::services::connections;
use std::time::Duration;

/// Maximum number of jobs of each kind that one run queues.
const JOBS_PER_RUN: i64 = 200;
/// Time after which a keep-alive job that did not succeed is queued again.
const KEEP_ALIVE_RETRY: Duration = Duration::from_secs(24 * 60 * 60);
/// Gives polls priority over the waiting deliveries of their connection: a poll's job is queued as if it had been due this long ago.
/// The deliveries wait only briefly, because a poll is short.
const POLL_PRIORITY: Duration = Duration::from_secs(30 * 24 * 60 * 60);
/// Interval at which stored API keys are checked.
const CHECK_KEYS_EVERY: Duration = Duration::from_secs(24 * 60 * 60);

impl Hub {
    /// Queues the periodic jobs that are due: keep-alives, reconciliations, probes of idle connections, and revocations of
    /// expired pending connections. Returns the number of queued jobs. If several servers call this method, only one of them
    /// queues each job.
    pub async fn schedule_connections(&self) -> Result<u64> {
        let now = self.clock().now();
        let mut tx = self.db.begin().await?;
        let mut queued = self.revoke_unconfirmed(&mut tx).await?;
        sync_cursors::insert_missing(&mut tx, now).await?;
        for (organization, id) in token_refreshes::due(&mut tx, now, now - KEEP_ALIVE_EVERY, JOBS_PER_RUN).await? {
            if token_refreshes::postpone(&mut tx, &organization, &id, now + KEEP_ALIVE_RETRY, now).await? {
                self.queue(&mut tx, Job::KeepAlive(id.clone()), &organization, &id).await?;
                queued += 1;
            }
        }
        for (organization, id) in reconciliations::due(&mut tx, now, now - reconcile::EVERY, JOBS_PER_RUN).await? {
            if reconciliations::postpone(&mut tx, &organization, &id, now + reconcile::EVERY, now).await? {
                self.queue(&mut tx, Job::Reconcile(id.clone()), &organization, &id).await?;
                queued += 1;
            }
        }
        let mut idle = issues::degraded_and_idle(&mut tx, now, JOBS_PER_RUN).await?;
        idle.extend(issues::idle_keys(&mut tx, now - CHECK_KEYS_EVERY, JOBS_PER_RUN).await?);
        for (organization, id) in idle {
            self.queue(&mut tx, Job::Probe(id.clone()), &organization, &id).await?;
            queued += 1;
        }
        tx.commit().await?;
        if queued > 0 {
            self.notifier.notify();
        }
        Ok(queued)
    }

    /// Queues the polls that are due, and returns the number of queued polls. Writes only if a poll is due.
    pub async fn schedule_polls(&self) -> Result<u64> {
        let now = self.clock().now();
        let due = sync_cursors::due(&mut self.db.read().await?, now, JOBS_PER_RUN).await?;
        if due.is_empty() {
            return Ok(0);
        }
        let mut queued = 0;
        let mut tx = self.db.begin().await?;
        for (organization, id) in due {
            if sync_cursors::postpone(&mut tx, &organization, &id, now + polling::RETRY_AFTER, now).await? {
                let job = Job::Poll(id.clone());
                let (kind, subject_id, concurrency_key) = (job.kind(), job.subject(), Some(&id));
                let row =
                    NewJob { organization_id: &organization, kind, subject_id, concurrency_key, run_at: now - POLL_PRIORITY };
                jobs::insert_unless_active(&mut tx, &new_id(), &row, now).await?;
                tx.notify_job().await?;
                queued += 1;
            }
        }
        tx.commit().await?;
        self.notifier.notify();
        Ok(queued)
    }

    async fn queue(&self, tx: &mut Tx, job: Job, organization: &OrganizationId, id: &ConnectionId) -> Result<()> {
        Ok(enqueue_or_reschedule(tx, &job, organization, Some(id), self.clock().now()).await?)
    }

    pub(crate) async fn keep_alive(&self, job: &JobRow, id: &ConnectionId) -> JobResult {
        if let Some(row) = self.connection_of_job(job, id).await?
            && connections::connector(&row)?.oauth().is_some()
        {
            self.not_paused(job.into(), &row)?;
            // Skips the refresh after a lost response, because the current session may still be valid. The refresh token is sent
            // again only when the provider rejects the session.
            if !self.is_refresh_in_doubt(&row).await? {
                self.renew_tokens(job.into(), &row).await?;
                self.record_call_succeeded(&row).await?;
            }
        }
        self.complete(job).await
    }

    /// Runs [`Job::Probe`]: calls the provider of a degraded connection, or checks a stored API key.
    pub(crate) async fn probe(&self, job: &JobRow, id: &ConnectionId) -> JobResult {
        if let Some(row) = self.connection_of_job(job, id).await? {
            self.not_paused(job.into(), &row)?;
            let connector = connections::connector(&row)?;
            if connector.oauth().is_none() {
                self.check_key(&row).await?;
            } else if row.status == ConnectionStatus::Degraded {
                let call = move |call| async move { connector.identity.identify(&call).await };
                self.with_session(job.into(), &row, call).await?;
                self.record_call_succeeded(&row).await?;
            }
        }
        self.complete(job).await
    }

    /// Returns the connection of a job; `None` if the connection was removed or needs a reconnect.
    pub(crate) async fn connection_of_job(&self, job: &JobRow, id: &ConnectionId) -> Result<Option<table::ConnectionRow>> {
        let row = table::find(&mut self.db.acquire().await?, &job.organization_id, id).await?;
        Ok(row.filter(|row| row.status != ConnectionStatus::NeedsReconnect))
    }
}
