//! Claiming a job: the one query that many workers of many servers ask at once.
//!
//! Lanes are looked at one by one, by an index: a concurrency_key with a hundred thousand jobs behind its limit costs as much as one with two.

use super::{Result, Tx, jobs::JobRow};
use crate::domain::time::Timestamp;

/// What is claimed.
#[derive(Clone, Copy, Debug)]
pub enum Wanted {
    /// Anything but an analysis.
    Job {
        /// How many jobs of a concurrency_key run at once.
        lane_limit: i64,
    },
    /// An analysis.
    Analysis {
        /// While jobs of connections wait that are due, only one that has been due since then.
        due_by_when_busy: Timestamp,
    },
}

/// Who claims, and how.
#[derive(Clone, Copy, Debug)]
pub struct Claim<'a> {
    /// What.
    pub wanted: Wanted,
    /// The fencing token.
    pub lease: &'a str,
    /// The time.
    pub now: Timestamp,
    /// How long the claim holds unless it is renewed.
    pub until: Timestamp,
}

// In every statement `$1` is now, `$2` what `Wanted` says, `$3` the fencing token and `$4` the end of the claim.

/// What a claim changes, and what it gives.
macro_rules! claiming {
    ($candidate:expr) => {
        concat!(
            "UPDATE jobs SET status = 'running', attempts = attempts + 1, lease = $3, locked_until = $4, updated_at = $1,
                 lost_claims = lost_claims + CASE WHEN status = 'running' THEN 1 ELSE 0 END
             WHERE id = (",
            $candidate,
            ") AND ((status = 'queued' AND run_at <= $1) OR (status = 'running' AND locked_until <= $1))
             RETURNING id, organization_id, kind, subject_id, concurrency_key, attempts, lost_claims, for_user, lease, created_at"
        )
    };
}

/// A job whose holder is gone.
macro_rules! abandoned {
    ($lock:literal) => {
        concat!(
            "SELECT j.id FROM jobs j WHERE j.status = 'running' AND j.locked_until <= $1 AND j.kind <> 'analyse'
             ORDER BY j.locked_until LIMIT 1 ",
            $lock
        )
    };
}

/// The first job of a kind of queue that was due by then, about something that no other job of its kind is at.
macro_rules! first_due {
    ($queue:literal, $by:expr, $lock:literal) => {
        concat!(
            "SELECT j.id FROM jobs j WHERE j.status = 'queued' AND ",
            $queue,
            " AND j.run_at <= ",
            $by,
            "
               AND NOT EXISTS (SELECT 1 FROM jobs s WHERE s.subject_id = j.subject_id AND s.kind = j.kind AND s.status = 'running')
             ORDER BY j.run_at, j.id LIMIT 1 ",
            $lock
        )
    };
}

/// The lanes that have jobs waiting, each found by the one before it.
macro_rules! lanes {
    () => {
        "keys (concurrency_key) AS (
             SELECT min(concurrency_key) FROM jobs WHERE status = 'queued' AND kind <> 'analyse'
             UNION ALL
             SELECT (SELECT min(j.concurrency_key) FROM jobs j WHERE j.status = 'queued' AND j.kind <> 'analyse' AND j.concurrency_key > keys.concurrency_key)
             FROM keys WHERE keys.concurrency_key IS NOT NULL)"
    };
}

macro_rules! with_lanes {
    () => {
        concat!("WITH RECURSIVE ", lanes!(), " ")
    };
}

/// Of the lanes that have room, the first job.
macro_rules! first_of_lanes {
    ($lock:literal) => {
        concat!(
            with_lanes!(),
            "SELECT c.id FROM jobs c WHERE c.id IN (
                 SELECT (",
            first_due!("j.kind <> 'analyse' AND j.concurrency_key = keys.concurrency_key", "$1", $lock),
            ") FROM keys WHERE keys.concurrency_key IS NOT NULL AND
                 (SELECT count(*) FROM jobs r WHERE r.concurrency_key = keys.concurrency_key AND r.status = 'running' AND r.locked_until > $1) < $2)
             ORDER BY c.run_at, c.id LIMIT 1"
        )
    };
}

/// A job that is not an analysis: one whose holder is gone, one without a concurrency_key, or the first of the lanes.
macro_rules! candidate {
    ($lock:literal) => {
        concat!(
            "COALESCE((",
            abandoned!($lock),
            "), (",
            first_due!("j.kind <> 'analyse' AND j.concurrency_key IS NULL", "$1", $lock),
            "), (",
            first_of_lanes!($lock),
            "))"
        )
    };
}

/// Another claimer's job is passed over on PostgreSQL instead of waited for; on SQLite there is one claimer at a time.
const CLAIM: [&str; 2] = [claiming!(candidate!("")), claiming!(candidate!("FOR UPDATE SKIP LOCKED"))];

/// Claims a job that is due: one whose holder is gone before others, then the one that is due first, of a concurrency_key that has room, and about
/// something that no other job of its kind is at. Analyses are shared out by organization, see [`analysis`]. The attempt counts from
/// here, so that a job that kills the process ends too.
pub async fn claim(tx: &mut Tx, claim: &Claim<'_>) -> Result<Option<JobRow>> {
    match claim.wanted {
        Wanted::Job { lane_limit } => {
            let query = tx.either(CLAIM[0], CLAIM[1]).bind(claim.now).bind(lane_limit);
            query.bind(claim.lease).bind(claim.until).optional().await
        }
        Wanted::Analysis { due_by_when_busy } => analysis::claim(tx, claim, due_by_when_busy).await,
    }
}

/// The first moment at which there is something to claim.
macro_rules! next {
    ($candidate:expr, $waiting:expr, $kind:literal) => {
        concat!(
            "SELECT CASE WHEN ",
            $candidate,
            " IS NOT NULL THEN $1 ELSE (SELECT min(due) FROM (",
            $waiting,
            " UNION ALL SELECT min(r.locked_until) FROM jobs r WHERE r.status = 'running' AND r.kind ",
            $kind,
            " 'analyse') later) END"
        )
    };
}

const NEXT: &str = next!(
    candidate!(""),
    concat!(
        "SELECT min(n.run_at) AS due FROM jobs n WHERE n.status = 'queued' AND n.kind <> 'analyse' AND n.concurrency_key IS NULL AND n.run_at > $1
         UNION ALL SELECT * FROM (",
        with_lanes!(),
        "SELECT min((SELECT min(w.run_at) FROM jobs w
                     WHERE w.status = 'queued' AND w.kind <> 'analyse' AND w.concurrency_key = keys.concurrency_key AND w.run_at > $1)) FROM keys) of_lanes"
    ),
    "<>"
);
/// Analyses: fair between organizations.
pub mod analysis;

/// When the next job can be claimed; `None` when none can. A job that only waits for others to end has no such moment: whoever ends the
/// last one looks for it. Writes nothing, so it is asked before a claim that may find nothing.
pub async fn next(tx: &mut Tx, wanted: Wanted, now: Timestamp) -> Result<Option<Timestamp>> {
    let query = match wanted {
        Wanted::Job { lane_limit } => tx.query(NEXT).bind(now).bind(lane_limit),
        Wanted::Analysis { due_by_when_busy } => tx.query(analysis::NEXT).bind(now).bind(due_by_when_busy),
    };
    let row: (Option<Timestamp>,) = query.one().await?;
    Ok(row.0)
}
