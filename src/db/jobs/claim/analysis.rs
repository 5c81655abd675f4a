//! Claims analyses so that all organizations get a fair share of the workers. The organization with the fewest running analyses
//! comes first. Organizations with the same number of running analyses are served in the order in which they began to wait.
//!
//! While an organization without a running analysis waits, no other organization can start a second analysis, and an organization
//! that already runs several analyses must yield one of them.

use super::{Claim, JobRow, ReadConnection, Result, Timestamp, Tx};
use crate::db::params;

const CLAIM: &str = concat!(
    "UPDATE jobs
     SET status = 'running', attempts = attempts + 1, lease = $3, locked_until = $4, updated_at = $1,
         lost_claims = lost_claims + CASE WHEN status = 'running' THEN 1 ELSE 0 END
     WHERE id = (",
    include_str!("analysis_candidates.sql"),
    include_str!("next_analysis.sql"),
    ") AND ((status = 'queued' AND run_at <= $1) OR (status = 'running' AND locked_until <= $1))
     RETURNING id, organization_id, kind, subject_id, concurrency_key, attempts, lost_claims, for_user, lease, created_at"
);
pub(super) const NEXT: &str = concat!(
    "SELECT CASE WHEN (",
    include_str!("analysis_candidates.sql"),
    include_str!("next_analysis.sql"),
    ") IS NOT NULL THEN $1
     ELSE (SELECT min(due) FROM (
         SELECT min(n.run_at) AS due FROM jobs n WHERE n.status = 'queued' AND n.kind = 'analyse' AND n.run_at > $1
         UNION ALL
         SELECT min(r.locked_until) FROM jobs r WHERE r.status = 'running' AND r.kind = 'analyse') later) END"
);
const MUST_YIELD: &str = concat!(include_str!("analysis_candidates.sql"), "SELECT id FROM jobs ", include_str!("must_yield.sql"));
const PREEMPT: &str = concat!(
    include_str!("analysis_candidates.sql"),
    "UPDATE jobs
     SET status = 'queued', attempts = attempts - 1, preemptions = preemptions + 1, run_at = $1, updated_at = $1,
         error = NULL, lease = NULL, locked_until = NULL ",
    include_str!("must_yield.sql")
);

pub(crate) async fn claim(tx: &mut Tx, claim: &Claim<'_>, due_by_when_busy: Timestamp) -> Result<Option<JobRow>> {
    tx.lock_analyses().await?;
    let query = tx.query(CLAIM, params![claim.now, due_by_when_busy, claim.lease, claim.until]);
    let claimed: Option<JobRow> = query.optional().await?;
    if let Some(job) = &claimed {
        let sql = "INSERT INTO analysis_starts (organization_id, started_at) VALUES ($1, $2)
            ON CONFLICT (organization_id) DO UPDATE SET started_at = excluded.started_at";
        tx.query(sql, params![&job.organization_id, claim.now]).execute().await?;
    }
    Ok(claimed)
}

/// Returns true if [`preempt`] would stop the analysis. Callers use this read-only check to avoid unnecessary write transactions.
pub async fn must_yield(tx: &mut ReadConnection, job: &JobRow, due_by_when_busy: Timestamp, now: Timestamp) -> Result<bool> {
    let query = tx.query(MUST_YIELD, params![now, due_by_when_busy, &job.id, job.lease.as_deref(), &job.organization_id]);
    Ok(query.optional_scalar::<String>().await?.is_some())
}

/// Queues a running analysis again if another organization needs its worker. The interrupted attempt does not count. Returns
/// false if the analysis continues to run.
pub async fn preempt(tx: &mut Tx, job: &JobRow, due_by_when_busy: Timestamp, now: Timestamp) -> Result<bool> {
    tx.lock_analyses().await?;
    let query = tx.query(PREEMPT, params![now, due_by_when_busy, &job.id, job.lease.as_deref(), &job.organization_id]);
    query.affects_rows().await
}
