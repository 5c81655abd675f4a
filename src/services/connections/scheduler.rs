//! What connections need from time to time without anybody asking: their hours are found here, and the work is done by jobs.

use super::{reconcile, refresh::KEEP_ALIVE_EVERY};
use crate::{
    db::{
        Tx,
        connections::{self as table, issues, reconciliations, token_refreshes},
        jobs::JobRow,
    },
    domain::{
        connection::ConnectionStatus,
        ids::{ConnectionId, OrganizationId},
    },
    hub::{Hub, Result},
    jobs::{Job, JobError, enqueue_or_reschedule},
    services::connections,
};
use std::time::Duration;

/// How many connections of each need are found at once; the rest a moment later.
const AT_ONCE: i64 = 200;
/// When the next job is made for a token whose keep-alive did not come to its end.
const KEEP_ALIVE_AGAIN: Duration = Duration::from_secs(24 * 60 * 60);

/// How often a stored key is tried.
const KEYS_EVERY: Duration = Duration::from_secs(24 * 60 * 60);

impl Hub {
    /// Queues what is due: keep-alives, calls of degraded connections and of keys that nothing calls, comparisons, revocations of connections that
    /// were not confirmed in time. The workers call this every
    /// minute, on every server; each hour is found by one of them. Says how many jobs it queued.
    ///
    /// # Errors
    /// The database did not answer.
    pub async fn schedule_connections(&self) -> Result<u64> {
        let now = self.clock().now();
        let mut tx = self.db.begin().await?;
        let mut queued = self.revoke_unconfirmed(&mut tx).await?;
        for (organization, id) in token_refreshes::due(&mut tx, now, now - KEEP_ALIVE_EVERY, AT_ONCE).await? {
            if token_refreshes::postpone(&mut tx, &organization, &id, now + KEEP_ALIVE_AGAIN, now).await? {
                self.queue(&mut tx, Job::KeepAlive(id.clone()), &organization, &id).await?;
                queued += 1;
            }
        }
        for (organization, id) in reconciliations::due(&mut tx, now, now - reconcile::EVERY, AT_ONCE).await? {
            if reconciliations::postpone(&mut tx, &organization, &id, now + reconcile::EVERY, now).await? {
                self.queue(&mut tx, Job::Reconcile(id.clone()), &organization, &id).await?;
                queued += 1;
            }
        }
        let mut idle = issues::degraded_and_idle(&mut tx, now, AT_ONCE).await?;
        idle.extend(issues::idle_keys(&mut tx, now - KEYS_EVERY, AT_ONCE).await?);
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

    async fn queue(&self, tx: &mut Tx, job: Job, organization: &OrganizationId, id: &ConnectionId) -> Result<()> {
        Ok(enqueue_or_reschedule(tx, &job, organization, Some(id), self.clock().now()).await?)
    }

    /// The job: uses a connection's refresh token. Salesforce forgets tokens that nobody used for 30 days, and a session that is always
    /// in use never asks for a new one.
    pub(crate) async fn keep_alive(&self, job: &JobRow, id: &ConnectionId) -> std::result::Result<(), JobError> {
        if let Some(row) = self.found(job, id).await?
            && connections::connector(&row)?.oauth().is_some()
        {
            self.not_paused(job.into(), &row)?;
            // After a lost response the token is sent again only when the session is refused: until then it may be the better one.
            if !self.is_refresh_in_doubt(&row).await? {
                self.renew_tokens(job.into(), &row).await?;
                self.record_call_succeeded(&row).await?;
            }
        }
        self.complete(job).await
    }

    /// The job: calls a degraded connection, or tries a stored key, and records the result.
    pub(crate) async fn probe(&self, job: &JobRow, id: &ConnectionId) -> std::result::Result<(), JobError> {
        if let Some(row) = self.found(job, id).await? {
            self.not_paused(job.into(), &row)?;
            let connector = connections::connector(&row)?;
            if connector.oauth().is_none() {
                self.try_stored_key(&row).await?;
            } else if row.status == ConnectionStatus::Degraded {
                let call = move |call| async move { connector.identity.identify(&call).await };
                self.with_session(job.into(), &row, call).await?;
                self.record_call_succeeded(&row).await?;
            }
        }
        self.complete(job).await
    }

    /// The connection of a job, unless it is gone or waits for a person.
    pub(crate) async fn found(&self, job: &JobRow, id: &ConnectionId) -> Result<Option<table::ConnectionRow>> {
        let mut tx = self.db.read().await?;
        let row = table::find(&mut tx, &job.organization_id, id).await?;
        Ok(row.filter(|row| row.status != ConnectionStatus::NeedsReconnect))
    }
}
