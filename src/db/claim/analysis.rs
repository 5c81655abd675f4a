//! Analyses are claimed by organization: the one with the fewest running first, then the one that has waited longest. An organization
//! gets another slot only while no organization without one waits, and gives it back when one does.

use super::{Claim, JobRow, Result, Timestamp, Tx};

/// The organizations that have analyses waiting, each found by the one before it, and the time by which those must have been due: now,
/// or earlier while jobs of connections wait, which go first.
macro_rules! with_waiting {
    () => {
        concat!(
            "WITH RECURSIVE ",
            lanes!(),
            ", waiting (organization_id) AS (
                 SELECT min(organization_id) FROM jobs WHERE status = 'queued' AND kind = 'analyse'
                 UNION ALL
                 SELECT (SELECT min(j.organization_id) FROM jobs j
                         WHERE j.status = 'queued' AND j.kind = 'analyse' AND j.organization_id > waiting.organization_id)
                 FROM waiting WHERE waiting.organization_id IS NOT NULL),
             due (latest) AS (
                 SELECT CASE WHEN EXISTS (SELECT 1 FROM keys WHERE keys.concurrency_key IS NOT NULL AND EXISTS (
                     SELECT 1 FROM jobs w WHERE w.status = 'queued' AND w.kind <> 'analyse' AND w.concurrency_key = keys.concurrency_key AND w.run_at <= $1)
                 ) THEN $2 ELSE $1 END) "
        )
    };
}

/// Of each organization the first analysis that is due, and every one whose holder is gone.
macro_rules! claimable {
    () => {
        concat!(
            "SELECT (",
            first_due!("j.kind = 'analyse' AND j.organization_id = waiting.organization_id", "(SELECT latest FROM due)", ""),
            ") FROM waiting WHERE waiting.organization_id IS NOT NULL
             UNION ALL
             SELECT a.id FROM jobs a WHERE a.status = 'running' AND a.kind = 'analyse' AND a.locked_until <= $1"
        )
    };
}

/// How many analyses of an organization run.
macro_rules! running {
    ($organization:literal) => {
        concat!(
            "(SELECT count(*) FROM jobs r WHERE r.status = 'running' AND r.kind = 'analyse' AND r.locked_until > $1 AND r.organization_id = ",
            $organization,
            ")"
        )
    };
}

/// The analysis to run next. One that was preempted before gets no second slot: it could not be stopped again.
macro_rules! candidate {
    () => {
        concat!(
            with_waiting!(),
            "SELECT c.id FROM jobs c LEFT JOIN analysis_starts s ON s.organization_id = c.organization_id
             WHERE c.id IN (",
            claimable!(),
            ") AND (c.preemptions = 0 OR ",
            running!("c.organization_id"),
            " = 0)
             ORDER BY ",
            running!("c.organization_id"),
            ", CASE WHEN s.started_at > c.run_at THEN s.started_at ELSE c.run_at END, c.run_at, c.id LIMIT 1"
        )
    };
}

const CLAIM: &str = claiming!(candidate!());

pub(super) const NEXT: &str = next!(
    concat!("(", candidate!(), ")"),
    "SELECT min(n.run_at) AS due FROM jobs n WHERE n.status = 'queued' AND n.kind = 'analyse' AND n.run_at > $1",
    "="
);

/// Whether the analysis `$3`, claimed with the lease `$4` for the organization `$5`, must give its slot to another organization: the
/// youngest one of several that run, not stopped before, while an organization that runs none waits.
macro_rules! must_yield {
    () => {
        concat!(
            "id = $3 AND lease = $4 AND status = 'running' AND preemptions = 0 AND ",
            running!("$5"),
            " > 1 AND NOT EXISTS (
                 SELECT 1 FROM jobs y WHERE y.status = 'running' AND y.kind = 'analyse' AND y.locked_until > $1 AND y.organization_id = $5
                 AND y.preemptions = 0 AND (y.updated_at > jobs.updated_at OR (y.updated_at = jobs.updated_at AND y.id > jobs.id)))
             AND EXISTS (",
            with_waiting!(),
            "SELECT 1 FROM jobs c WHERE c.id IN (",
            claimable!(),
            ") AND c.organization_id <> $5 AND ",
            running!("c.organization_id"),
            " = 0)"
        )
    };
}

const MUST_YIELD: &str = concat!("SELECT id FROM jobs WHERE ", must_yield!());
const PREEMPT: &str = concat!(
    "UPDATE jobs SET status = 'queued', attempts = attempts - 1, preemptions = preemptions + 1, run_at = $1, updated_at = $1,
         error = NULL, lease = NULL, locked_until = NULL
     WHERE ",
    must_yield!()
);

pub(super) async fn claim(tx: &mut Tx, claim: &Claim<'_>, due_by_when_busy: Timestamp) -> Result<Option<JobRow>> {
    tx.lock_analyses().await?;
    let query = tx.query(CLAIM).bind(claim.now).bind(due_by_when_busy);
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
pub async fn must_yield(tx: &mut Tx, job: &JobRow, due_by_when_busy: Timestamp, now: Timestamp) -> Result<bool> {
    let query = tx.query(MUST_YIELD).bind(now).bind(due_by_when_busy);
    let found: Option<(String,)> = query.bind(&job.id).bind(job.lease.as_deref()).bind(&job.organization_id).optional().await?;
    Ok(found.is_some())
}

/// Queues a running analysis again when another organization needs its slot; `false` when it keeps running. The attempt does not count.
pub async fn preempt(tx: &mut Tx, job: &JobRow, due_by_when_busy: Timestamp, now: Timestamp) -> Result<bool> {
    tx.lock_analyses().await?;
    let query = tx.query(PREEMPT).bind(now).bind(due_by_when_busy);
    let changed = query.bind(&job.id).bind(job.lease.as_deref()).bind(&job.organization_id).execute().await?;
    Ok(changed == 1)
}
