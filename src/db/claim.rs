//! Claiming a job: the one query that many workers of many servers ask at once.
//!
//! Lanes are looked at one by one, by an index: a lane with a hundred thousand jobs behind its limit costs as much as one with two.

use super::{Result, Tx, jobs::JobRow};
use crate::domain::time::Timestamp;

/// Who claims, and how.
#[derive(Clone, Copy, Debug)]
pub struct Claim<'a> {
    /// The fencing token.
    pub lease: &'a str,
    /// The time.
    pub now: Timestamp,
    /// How long the claim holds unless it is renewed.
    pub until: Timestamp,
    /// How many jobs of a lane run at once.
    pub lane_limit: i64,
    /// Claims an analysis, or anything else.
    pub only_analyses: bool,
}

/// The parts of the statement that are the same on both engines: what a claim changes, and what it gives.
macro_rules! claiming {
    ($candidate:expr) => {
        concat!(
            "UPDATE jobs SET status = 'running', attempts = attempts + 1, lease = $1, locked_until = $2, updated_at = $3,
                 lost_claims = lost_claims + CASE WHEN status = 'running' THEN 1 ELSE 0 END
             WHERE id = (",
            $candidate,
            ") AND ((status = 'queued' AND run_at <= $3) OR (status = 'running' AND locked_until <= $3))
             RETURNING id, organization_id, kind, subject_id, lane, attempts, lost_claims, lease, created_at"
        )
    };
}

/// A job whose holder is gone.
macro_rules! abandoned {
    ($comparison:literal, $lock:literal) => {
        concat!(
            "SELECT j.id FROM jobs j WHERE j.status = 'running' AND j.locked_until <= $3 AND j.kind ",
            $comparison,
            " 'analyse' ORDER BY j.locked_until LIMIT 1 ",
            $lock
        )
    };
}

/// The first job of a kind of queue that is due, about something that no other job of its kind is at.
macro_rules! first_due {
    ($queue:literal, $lock:literal) => {
        concat!(
            "SELECT j.id FROM jobs j WHERE j.status = 'queued' AND ",
            $queue,
            " AND j.run_at <= $3
               AND NOT EXISTS (SELECT 1 FROM jobs s WHERE s.subject_id = j.subject_id AND s.kind = j.kind AND s.status = 'running')
             ORDER BY j.run_at, j.id LIMIT 1 ",
            $lock
        )
    };
}

/// The lanes that have jobs waiting, each found by the one before it, and of those that have room the first job.
macro_rules! first_of_lanes {
    ($lock:literal) => {
        concat!(
            "WITH RECURSIVE lanes (lane) AS (
                 SELECT min(lane) FROM jobs WHERE status = 'queued' AND kind <> 'analyse'
                 UNION ALL
                 SELECT (SELECT min(j.lane) FROM jobs j WHERE j.status = 'queued' AND j.kind <> 'analyse' AND j.lane > lanes.lane)
                 FROM lanes WHERE lanes.lane IS NOT NULL)
             SELECT c.id FROM jobs c WHERE c.id IN (
                 SELECT (",
            first_due!("j.kind <> 'analyse' AND j.lane = lanes.lane", $lock),
            ") FROM lanes WHERE lanes.lane IS NOT NULL AND
                 (SELECT count(*) FROM jobs r WHERE r.lane = lanes.lane AND r.status = 'running' AND r.locked_until > $3) < $4)
             ORDER BY c.run_at, c.id LIMIT 1"
        )
    };
}

/// Another claimer's job is passed over on PostgreSQL instead of waited for; on SQLite there is one claimer at a time.
const LANES: [&str; 2] = [claiming!(first_of_lanes!("")), claiming!(first_of_lanes!("FOR UPDATE SKIP LOCKED"))];
const NO_LANE: [&str; 2] = [
    claiming!(first_due!("j.kind <> 'analyse' AND j.lane IS NULL", "")),
    claiming!(first_due!("j.kind <> 'analyse' AND j.lane IS NULL", "FOR UPDATE SKIP LOCKED")),
];
const ANALYSES: [&str; 2] =
    [claiming!(first_due!("j.kind = 'analyse'", "")), claiming!(first_due!("j.kind = 'analyse'", "FOR UPDATE SKIP LOCKED"))];
const ABANDONED: [&str; 2] = [claiming!(abandoned!("<>", "")), claiming!(abandoned!("<>", "FOR UPDATE SKIP LOCKED"))];
const ABANDONED_ANALYSES: [&str; 2] = [claiming!(abandoned!("=", "")), claiming!(abandoned!("=", "FOR UPDATE SKIP LOCKED"))];

/// Claims a job that is due: one whose holder is gone before others, then the one that is due first, of a lane that has fewer than
/// `lane_limit` running, and about something that no other job of its kind is at. The attempt counts from here, so that a job that kills
/// the process ends too.
pub async fn claim(tx: &mut Tx, claim: &Claim<'_>) -> Result<Option<JobRow>> {
    let ways: &[[&'static str; 2]] =
        if claim.only_analyses { &[ABANDONED_ANALYSES, ANALYSES] } else { &[ABANDONED, NO_LANE, LANES] };
    for [sqlite, postgres] in ways {
        let query = tx.either(sqlite, postgres).bind(claim.lease).bind(claim.until).bind(claim.now);
        let uses_limit = sqlite.contains("$4");
        let query = if uses_limit { query.bind(claim.lane_limit) } else { query };
        let claimed = query.optional().await?;
        if claimed.is_some() {
            return Ok(claimed);
        }
    }
    Ok(None)
}
