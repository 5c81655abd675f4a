//! Claims analyses fairly between organizations. An organization with fewer running analyses comes first; among equals, the one
//! that has waited longest. While another organization without a running analysis waits, an organization cannot get a second
//! slot, and has to give up a second slot that it already has.

use super::{Claim, JobRow, ReadConnection, Result, Timestamp, Tx};
use crate::db::engine::query::params;

pub(crate) async fn claim(tx: &mut Tx, claim: &Claim<'_>, due_by_when_busy: Timestamp) -> Result<Option<JobRow>> {
    tx.lock_analyses().await?;
    let sql = include_str!("claim_analysis.sql");
    let query = tx.query(sql, params![claim.now, due_by_when_busy, claim.lease, claim.until]);
    let claimed: Option<JobRow> = query.optional().await?;
    if let Some(job) = &claimed {
        let sql = "INSERT INTO analysis_starts (organization_id, started_at) VALUES ($1, $2)
            ON CONFLICT (organization_id) DO UPDATE SET started_at = excluded.started_at";
        tx.query(sql, params![&job.organization_id, claim.now]).execute().await?;
    }
    Ok(claimed)
}

/// Whether [`preempt`] would stop the analysis. This check is read-only, so it is called first to avoid needless write
/// transactions.
pub async fn must_yield(tx: &mut ReadConnection, job: &JobRow, due_by_when_busy: Timestamp, now: Timestamp) -> Result<bool> {
    let sql = include_str!("must_yield.sql");
    let query = tx.query(sql, params![now, due_by_when_busy, &job.id, job.lease.as_deref(), &job.organization_id]);
    Ok(query.optional_scalar::<String>().await?.is_some())
}

/// Stops a running analysis and queues it again if another organization needs its slot; `false` if it continues to run. The
/// interrupted attempt does not count.
pub async fn preempt(tx: &mut Tx, job: &JobRow, due_by_when_busy: Timestamp, now: Timestamp) -> Result<bool> {
    tx.lock_analyses().await?;
    let sql = include_str!("preempt.sql");
    let query = tx.query(sql, params![now, due_by_when_busy, &job.id, job.lease.as_deref(), &job.organization_id]);
    query.affects_rows().await
}
