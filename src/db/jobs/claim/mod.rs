//! Claiming a job: the one query that many workers of many servers ask at once.
//!
//! Concurrency keys are looked at one by one, by an index: a key with a hundred thousand jobs behind its limit costs as much as one with two.
//! Each statement is a file beside this one.

use super::JobRow;
use crate::{
    db::{ReadConnection, Result, Tx},
    domain::time::Timestamp,
};

/// What is claimed.
#[derive(Clone, Copy, Debug)]
pub enum Wanted {
    /// Anything but an analysis.
    Job {
        /// How many jobs of a concurrency_key run at once.
        key_limit: i64,
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

/// Claims a job that is due: one whose holder is gone before others, then the one that is due first, of a key that has room, and about
/// something that no other job of its kind is at. Analyses are shared out by organization, see [`analysis`]. The attempt counts from
/// here, so that a job that kills the process ends too.
pub async fn claim(tx: &mut Tx, claim: &Claim<'_>) -> Result<Option<JobRow>> {
    match claim.wanted {
        Wanted::Job { key_limit } => {
            let sqlite = include_str!("claim_job.sqlite.sql");
            let query = tx.either(sqlite, include_str!("claim_job.postgres.sql")).bind(claim.now).bind(key_limit);
            query.bind(claim.lease).bind(claim.until).optional().await
        }
        Wanted::Analysis { due_by_when_busy } => analysis::claim(tx, claim, due_by_when_busy).await,
    }
}

/// Analyses: fair between organizations.
pub mod analysis;

/// When the next job can be claimed; `None` when none can. A job that only waits for others to end has no such moment: whoever ends the
/// last one looks for it. Writes nothing, so it is asked before a claim that may find nothing.
pub async fn next(tx: &mut ReadConnection, wanted: Wanted, now: Timestamp) -> Result<Option<Timestamp>> {
    let query = match wanted {
        Wanted::Job { key_limit } => tx.query(include_str!("next_job.sql")).bind(now).bind(key_limit),
        Wanted::Analysis { due_by_when_busy } => tx.query(include_str!("next_analysis.sql")).bind(now).bind(due_by_when_busy),
    };
    let row: (Option<Timestamp>,) = query.one().await?;
    Ok(row.0)
}
