//! `jobs`: durable work, claimed with a lease and fenced by its token.

pub mod claim;
pub(crate) mod listener;

use super::{Result, Tx};
use crate::domain::{
    ids::{ConnectionId, JobId, OrganizationId},
    time::Timestamp,
};

/// A job to queue.
pub struct NewJob<'a> {
    /// The organization it works for.
    pub organization_id: &'a OrganizationId,
    /// What kind of work.
    pub kind: &'static str,
    /// What it is about.
    pub subject_id: &'a str,
    /// The connection it uses.
    pub concurrency_key: Option<&'a ConnectionId>,
    /// When to begin.
    pub run_at: Timestamp,
}

/// A job that was claimed. Whoever holds `lease` may finish it.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct JobRow {
    /// Its id.
    pub id: JobId,
    /// The organization it works for.
    pub organization_id: OrganizationId,
    /// What kind of work.
    pub kind: String,
    /// What it is about.
    pub subject_id: String,
    /// The connection it uses.
    pub concurrency_key: Option<ConnectionId>,
    /// How often it was claimed, this time included.
    pub attempts: i64,
    /// How many of those claims ended because their holder was gone.
    pub lost_claims: i64,
    /// Whether a user asked for this attempt.
    pub for_user: bool,
    /// The fencing token of this claim.
    pub lease: Option<String>,
    /// When it was queued.
    pub created_at: Timestamp,
}

/// Queues a job.
pub async fn insert(tx: &mut Tx, id: &JobId, job: &NewJob<'_>, now: Timestamp) -> Result<()> {
    tx.query(
        "INSERT INTO jobs (id, organization_id, kind, subject_id, concurrency_key, status, attempts, run_at, created_at, updated_at)
         VALUES ($1, $2, $3, $4, $5, 'queued', 0, $6, $7, $7)",
    )
    .bind(id)
    .bind(job.organization_id)
    .bind(job.kind)
    .bind(job.subject_id)
    .bind(job.concurrency_key)
    .bind(job.run_at)
    .bind(now)
    .execute()
    .await
    .map(drop)
}

/// Brings a job of the same kind and subject that waits or has died forward to now, as if it were new; `false` when there is none.
pub async fn reschedule_now(
    tx: &mut Tx,
    organization: &OrganizationId,
    kind: &str,
    subject: &str,
    now: Timestamp,
) -> Result<bool> {
    let changed = tx
        .query(
            "UPDATE jobs SET status = 'queued', attempts = 0, lost_claims = 0, run_at = $1, created_at = $1, updated_at = $1, error = NULL
             WHERE organization_id = $2 AND kind = $3 AND subject_id = $4 AND status IN ('queued', 'parked', 'dead')",
        )
        .bind(now)
        .bind(organization)
        .bind(kind)
        .bind(subject)
        .execute()
        .await?;
    Ok(changed > 0)
}

/// Records that a user asked for the next attempt of a queued job.
pub async fn mark_for_user(tx: &mut Tx, organization: &OrganizationId, kind: &str, subject: &str) -> Result<()> {
    tx.query("UPDATE jobs SET for_user = TRUE WHERE organization_id = $1 AND kind = $2 AND subject_id = $3 AND status = 'queued'")
        .bind(organization)
        .bind(kind)
        .bind(subject)
        .execute()
        .await
        .map(drop)
}

/// Keeps a claim alive; `false` when it was lost.
pub async fn renew(tx: &mut Tx, job: &JobRow, until: Timestamp) -> Result<bool> {
    let sql = "UPDATE jobs SET locked_until = $1 WHERE id = $2 AND lease = $3 AND status = 'running'";
    Ok(tx.query(sql).bind(until).bind(&job.id).bind(job.lease.as_deref()).execute().await? == 1)
}

/// Ends a job well; `false` when the claim was lost, and then nothing of the transaction may stay.
pub async fn complete(tx: &mut Tx, job: &JobRow) -> Result<bool> {
    let sql = "DELETE FROM jobs WHERE id = $1 AND lease = $2 AND status = 'running'";
    Ok(tx.query(sql).bind(&job.id).bind(job.lease.as_deref()).execute().await? == 1)
}

/// Lets a job wait, parks it or buries it; `false` when the claim was lost.
pub async fn release(
    tx: &mut Tx,
    job: &JobRow,
    status: &'static str,
    run_at: Timestamp,
    error: &str,
    now: Timestamp,
) -> Result<bool> {
    let changed = tx
        .query(
            "UPDATE jobs SET status = $1, run_at = $2, error = $3, updated_at = $4, for_user = FALSE, lease = NULL, locked_until = NULL
             WHERE id = $5 AND lease = $6 AND status = 'running'",
        )
        .bind(status)
        .bind(run_at)
        .bind(error)
        .bind(now)
        .bind(&job.id)
        .bind(job.lease.as_deref())
        .execute()
        .await?;
    Ok(changed == 1)
}

/// Puts a claimed job back until then, as if it had not been claimed; `false` when the claim was lost.
pub async fn postpone(tx: &mut Tx, job: &JobRow, run_at: Timestamp, error: &str, now: Timestamp) -> Result<bool> {
    let changed = tx
        .query(
            "UPDATE jobs SET status = 'queued', attempts = attempts - 1, run_at = $1, error = $2, updated_at = $3, for_user = FALSE,
                 lease = NULL, locked_until = NULL
             WHERE id = $4 AND lease = $5 AND status = 'running'",
        )
        .bind(run_at)
        .bind(error)
        .bind(now)
        .bind(&job.id)
        .bind(job.lease.as_deref())
        .execute()
        .await?;
    Ok(changed == 1)
}

/// Lets a connection's waiting jobs wait until then, all at once, so that none of them is claimed only to be put back. Those that a user
/// asked for stay due.
pub async fn delay_key(
    tx: &mut Tx,
    organization: &OrganizationId,
    concurrency_key: &ConnectionId,
    until: Timestamp,
) -> Result<u64> {
    tx.query("UPDATE jobs SET run_at = $1 WHERE organization_id = $2 AND concurrency_key = $3 AND status = 'queued' AND run_at < $1 AND NOT for_user")
        .bind(until)
        .bind(organization)
        .bind(concurrency_key)
        .execute()
        .await
}

/// Runs a connection's waiting jobs now.
pub async fn resume_key(
    tx: &mut Tx,
    organization: &OrganizationId,
    concurrency_key: &ConnectionId,
    now: Timestamp,
) -> Result<u64> {
    tx.query(
        "UPDATE jobs SET run_at = $1 WHERE organization_id = $2 AND concurrency_key = $3 AND status = 'queued' AND run_at > $1",
    )
    .bind(now)
    .bind(organization)
    .bind(concurrency_key)
    .execute()
    .await
}

/// Runs a connection's parked and waiting jobs now, as if they were new: the time they waited for a person does not count.
pub async fn unpark(tx: &mut Tx, organization: &OrganizationId, concurrency_key: &ConnectionId, now: Timestamp) -> Result<u64> {
    tx.query(
        "UPDATE jobs SET status = 'queued', attempts = 0, run_at = $1, created_at = $1, updated_at = $1, error = NULL
         WHERE organization_id = $2 AND concurrency_key = $3 AND status IN ('parked', 'queued')",
    )
    .bind(now)
    .bind(organization)
    .bind(concurrency_key)
    .execute()
    .await
}

/// Queues the jobs again that were claimed with a lease of this beginning and are cut off: their holder says so itself, so the attempt
/// does not count.
pub async fn give_back(tx: &mut Tx, holder: &str, now: Timestamp) -> Result<u64> {
    tx.query(
        "UPDATE jobs SET status = 'queued', run_at = $1, updated_at = $1, attempts = attempts - 1, lease = NULL, locked_until = NULL
         WHERE status = 'running' AND substr(lease, 1, length($2)) = $2",
    )
    .bind(now)
    .bind(holder)
    .execute()
    .await
}

/// Ends every claim, because nobody is left who could hold one.
pub async fn end_all_claims(tx: &mut Tx, now: Timestamp) -> Result<u64> {
    tx.query("UPDATE jobs SET locked_until = $1 WHERE status = 'running' AND locked_until > $1").bind(now).execute().await
}

/// Removes jobs that were given up before `before`, not more than `limit`.
pub async fn delete_dead(tx: &mut Tx, before: Timestamp, limit: i64) -> Result<u64> {
    tx.query("DELETE FROM jobs WHERE id IN (SELECT id FROM jobs WHERE status = 'dead' AND updated_at < $1 LIMIT $2)")
        .bind(before)
        .bind(limit)
        .execute()
        .await
}

/// Removes a connection's jobs, whatever their state.
pub async fn delete_of_key(tx: &mut Tx, organization: &OrganizationId, concurrency_key: &ConnectionId) -> Result<u64> {
    tx.query("DELETE FROM jobs WHERE organization_id = $1 AND concurrency_key = $2")
        .bind(organization)
        .bind(concurrency_key)
        .execute()
        .await
}
