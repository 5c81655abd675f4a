//! Analyses are claimed by organization: the one with the fewest running first, then the one that has waited longest. An organization
//! gets another slot only while no organization without one waits, and gives it back when one does.

use super::{Claim, JobRow, ReadConnection, Result, Timestamp, Tx};

pub(crate) async fn claim(tx: &mut Tx, claim: &Claim<'_>, due_by_when_busy: Timestamp) -> Result<Option<JobRow>> {
    tx.lock_analyses().await?;
    let query = tx.query(include_str!("claim_analysis.sql")).bind(claim.now).bind(due_by_when_busy);
    let claimed: Option<JobRow> = query.bind(claim.lease).bind(claim.until).optional().await?;
    if let Some(job) = &claimed {
        tx.query(
            "INSERT INTO analysis_starts (organization_id, started_at) VALUES ($1, $2)
             ON CONFLICT (organization_id) DO UPDATE SET started_at = excluded.started_at",
        )
        .bind(&job.organization_id)
        .bind(claim.now)
        .execute()
        .await?;
    }
    Ok(claimed)
}

/// Whether [`preempt`] would stop the analysis. Writes nothing, so it is asked before.
pub async fn must_yield(tx: &mut ReadConnection, job: &JobRow, due_by_when_busy: Timestamp, now: Timestamp) -> Result<bool> {
    let query = tx.query(include_str!("must_yield.sql")).bind(now).bind(due_by_when_busy);
    let found: Option<(String,)> = query.bind(&job.id).bind(job.lease.as_deref()).bind(&job.organization_id).optional().await?;
    Ok(found.is_some())
}

/// Queues a running analysis again when another organization needs its slot; `false` when it keeps running. The attempt does not count.
pub async fn preempt(tx: &mut Tx, job: &JobRow, due_by_when_busy: Timestamp, now: Timestamp) -> Result<bool> {
    tx.lock_analyses().await?;
    let query = tx.query(include_str!("preempt.sql")).bind(now).bind(due_by_when_busy);
    let changed = query.bind(&job.id).bind(job.lease.as_deref()).bind(&job.organization_id).execute().await?;
    Ok(changed == 1)
}
