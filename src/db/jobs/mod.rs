//! The table `jobs`: durable jobs. A worker claims a job with a lease that expires. The lease is also the fencing token.

pub mod claim;
pub(crate) mod listener;

use super::{ReadConnection, Result, Tx, insert, params};
use crate::domain::ids::{ConnectionId, JobId, OrganizationId};
use crate::domain::time::Timestamp;

pub struct NewJob<'a> {
    pub organization_id: &'a OrganizationId,
    pub kind: &'static str,
    /// Id of the row that the job processes.
    pub subject_id: &'a str,
    /// Id of the job's connection. The number of concurrent jobs per connection is limited.
    pub concurrency_key: Option<&'a ConnectionId>,
    pub run_at: Timestamp,
}

/// A claimed job. Only the worker that holds `lease` can finish it.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct JobRow {
    pub id: JobId,
    pub organization_id: OrganizationId,
    pub kind: String,
    pub subject_id: String,
    pub concurrency_key: Option<ConnectionId>,
    /// Number of claims, including this one.
    pub attempts: i64,
    /// Number of claims that expired because their worker died.
    pub lost_claims: i64,
    /// True if a user requested the current attempt.
    pub for_user: bool,
    pub lease: Option<String>,
    pub created_at: Timestamp,
}

pub async fn insert(tx: &mut Tx, id: &JobId, job: &NewJob<'_>, now: Timestamp) -> Result<()> {
    let query = insert! {
        tx, "jobs" (organization_id, kind, subject_id, concurrency_key, run_at) = job,
        id = id, status = "queued", attempts = 0_i64, created_at = now, updated_at = now
    };
    query.execute().await
}

/// Adds a job unless a job with this kind and subject is queued, running or parked.
pub async fn insert_unless_active(tx: &mut Tx, id: &JobId, job: &NewJob<'_>, now: Timestamp) -> Result<()> {
    let sql = "INSERT INTO jobs (id, organization_id, kind, subject_id, concurrency_key, status, attempts, run_at, created_at, updated_at)
        SELECT $1, $2, $3, $4, $5, 'queued', 0, $6, $7, $7
        WHERE NOT EXISTS (SELECT 1 FROM jobs WHERE organization_id = $2 AND kind = $3 AND subject_id = $4
            AND status IN ('queued', 'running', 'parked'))";
    let NewJob { organization_id, kind, subject_id, concurrency_key, run_at } = *job;
    tx.query(sql, params![id, organization_id, kind, subject_id, concurrency_key, run_at, now]).execute().await
}

/// Makes the queued, parked or dead job with this kind and subject due now and resets its attempts. Returns false if no job
/// matches.
pub async fn reschedule_now(
    tx: &mut Tx,
    organization: &OrganizationId,
    kind: &str,
    subject: &str,
    now: Timestamp,
) -> Result<bool> {
    let sql = "UPDATE jobs SET status = 'queued', attempts = 0, lost_claims = 0, run_at = $1, created_at = $1, updated_at = $1,
            error = NULL
        WHERE organization_id = $2 AND kind = $3 AND subject_id = $4 AND status IN ('queued', 'parked', 'dead')";
    tx.query(sql, params![now, organization, kind, subject]).affects_rows().await
}

/// Records that a user requested the next attempt of a queued job.
pub async fn mark_for_user(tx: &mut Tx, organization: &OrganizationId, kind: &str, subject: &str) -> Result<()> {
    let sql = "UPDATE jobs SET for_user = TRUE
        WHERE organization_id = $1 AND kind = $2 AND subject_id = $3 AND status = 'queued'";
    tx.query(sql, params![organization, kind, subject]).execute().await
}

/// Returns when the running job with this kind and subject was claimed; `None` if it does not run.
pub async fn running_since(
    tx: &mut ReadConnection,
    organization: &OrganizationId,
    kind: &str,
    subject: &str,
) -> Result<Option<Timestamp>> {
    let sql = "SELECT updated_at FROM jobs WHERE organization_id = $1 AND kind = $2 AND subject_id = $3 AND status = 'running'";
    tx.query(sql, params![organization, kind, subject]).optional_scalar().await
}

/// True if the worker still has the claim.
pub async fn holds(tx: &mut ReadConnection, job: &JobRow) -> Result<bool> {
    let sql = "SELECT count(*) FROM jobs WHERE id = $1 AND lease = $2 AND status = 'running'";
    Ok(tx.query(sql, params![&job.id, job.lease.as_deref()]).scalar::<i64>().await? > 0)
}

/// Extends a claim. Returns false if the claim is lost.
pub async fn renew(tx: &mut Tx, job: &JobRow, until: Timestamp) -> Result<bool> {
    let sql = "UPDATE jobs SET locked_until = $1 WHERE id = $2 AND lease = $3 AND status = 'running'";
    tx.query(sql, params![until, &job.id, job.lease.as_deref()]).affects_rows().await
}

/// Removes a finished job. Returns false if the claim is lost. In that case, the caller must roll back the transaction.
pub async fn complete(tx: &mut Tx, job: &JobRow) -> Result<bool> {
    let sql = "DELETE FROM jobs WHERE id = $1 AND lease = $2 AND status = 'running'";
    tx.query(sql, params![&job.id, job.lease.as_deref()]).affects_rows().await
}

/// Ends a claim and sets the job's status to queued, parked or dead. Returns false if the claim is lost.
pub async fn release(
    tx: &mut Tx,
    job: &JobRow,
    status: &'static str,
    run_at: Timestamp,
    error: &str,
    now: Timestamp,
) -> Result<bool> {
    let sql = "UPDATE jobs SET status = $1, run_at = $2, error = $3, updated_at = $4, for_user = FALSE, lease = NULL,
            locked_until = NULL
        WHERE id = $5 AND lease = $6 AND status = 'running'";
    tx.query(sql, params![status, run_at, error, now, &job.id, job.lease.as_deref()]).affects_rows().await
}

/// Queues a claimed job for a later time, without counting the attempt. Returns false if the claim is lost.
pub async fn postpone(tx: &mut Tx, job: &JobRow, run_at: Timestamp, error: &str, now: Timestamp) -> Result<bool> {
    let sql = "UPDATE jobs SET status = 'queued', attempts = attempts - 1, run_at = $1, error = $2, updated_at = $3,
            for_user = FALSE, lease = NULL, locked_until = NULL
        WHERE id = $4 AND lease = $5 AND status = 'running'";
    tx.query(sql, params![run_at, error, now, &job.id, job.lease.as_deref()]).affects_rows().await
}

/// Delays a connection's queued jobs, so that workers do not claim and postpone each of them. Jobs that a user requested are not
/// delayed.
pub async fn delay_key(tx: &mut Tx, organization: &OrganizationId, key: &ConnectionId, until: Timestamp) -> Result<u64> {
    let sql = "UPDATE jobs SET run_at = $1 WHERE organization_id = $2 AND concurrency_key = $3 AND status = 'queued'
          AND run_at < $1 AND NOT for_user";
    tx.query(sql, params![until, organization, key]).rows_affected().await
}

pub async fn resume_key(tx: &mut Tx, organization: &OrganizationId, key: &ConnectionId, now: Timestamp) -> Result<u64> {
    let sql = "UPDATE jobs SET run_at = $1
        WHERE organization_id = $2 AND concurrency_key = $3 AND status = 'queued' AND run_at > $1";
    tx.query(sql, params![now, organization, key]).rows_affected().await
}

/// Makes a connection's parked and queued jobs due now. Resets the attempts and creation times, so that the time until a user
/// acted does not count toward the limits of a job.
pub async fn unpark(tx: &mut Tx, organization: &OrganizationId, key: &ConnectionId, now: Timestamp) -> Result<u64> {
    let sql = "UPDATE jobs SET status = 'queued', attempts = 0, run_at = $1, created_at = $1, updated_at = $1, error = NULL
        WHERE organization_id = $2 AND concurrency_key = $3 AND status IN ('parked', 'queued')";
    tx.query(sql, params![now, organization, key]).rows_affected().await
}

/// Queues the running jobs of a server process again, without counting the attempts. `worker` is the id of the process. Each
/// lease of the process begins with this id.
pub async fn requeue_claims_of(tx: &mut Tx, worker: &str, now: Timestamp) -> Result<u64> {
    let sql = "UPDATE jobs SET status = 'queued', run_at = $1, updated_at = $1, attempts = attempts - 1, lease = NULL,
            locked_until = NULL
        WHERE status = 'running' AND substr(lease, 1, length($2)) = $2";
    tx.query(sql, params![now, worker]).rows_affected().await
}

/// Expires all claims. Must be called only if no other server uses the database.
pub async fn expire_all_claims(tx: &mut Tx, now: Timestamp) -> Result<u64> {
    let sql = "UPDATE jobs SET locked_until = $1 WHERE status = 'running' AND locked_until > $1";
    tx.query(sql, params![now]).rows_affected().await
}

pub async fn delete_dead(tx: &mut Tx, before: Timestamp, limit: i64) -> Result<u64> {
    let sql = "DELETE FROM jobs WHERE id IN (SELECT id FROM jobs WHERE status = 'dead' AND updated_at < $1 LIMIT $2)";
    tx.query(sql, params![before, limit]).rows_affected().await
}

pub async fn delete_of_key(tx: &mut Tx, organization: &OrganizationId, key: &ConnectionId) -> Result<u64> {
    let sql = "DELETE FROM jobs WHERE organization_id = $1 AND concurrency_key = $2";
    tx.query(sql, params![organization, key]).rows_affected().await
}

/// Deletes the jobs of a subject, also running ones. Their workers lose the claims.
pub async fn delete_of_subject(tx: &mut Tx, organization: &OrganizationId, subject: &str) -> Result<u64> {
    let sql = "DELETE FROM jobs WHERE organization_id = $1 AND subject_id = $2";
    tx.query(sql, params![organization, subject]).rows_affected().await
}
