//! Claims jobs. Workers on several servers run these queries concurrently.
//!
//! The queries look up the first job of each concurrency key in an index, so their cost does not grow with the number of waiting
//! jobs per key. The SQL is in the `.sql` files of this folder.

pub mod analysis;

use super::JobRow;
use crate::db::{ReadConnection, Result, Tx, params};
use crate::domain::time::Timestamp;
use std::sync::LazyLock;

#[derive(Clone, Copy, Debug)]
pub enum Wanted {
    /// A job of any kind except an analysis. `key_limit` is the maximum number of running jobs per concurrency key.
    Job { key_limit: i64 },
    /// An analysis. While due jobs of connections wait, only analyses that were due by `due_by_when_busy` can be claimed.
    Analysis { due_by_when_busy: Timestamp },
}

const CLAIM_ON_POSTGRES: &str = include_str!("claim_job.sql");
/// The statement without row locks, which SQLite does not support.
static CLAIM_ON_SQLITE: LazyLock<String> = LazyLock::new(|| CLAIM_ON_POSTGRES.replace(" FOR UPDATE SKIP LOCKED", ""));

#[derive(Clone, Copy, Debug)]
pub struct Claim<'a> {
    pub wanted: Wanted,
    pub lease: &'a str,
    pub now: Timestamp,
    /// Time at which the claim expires unless it is renewed.
    pub until: Timestamp,
}

/// Claims a due job. Jobs with an expired claim come first, then jobs without a concurrency key, then all other jobs. Within each
/// group, the job that has been due longest comes first. Skips a job if its concurrency key has reached the limit, or if a job
/// with the same kind and subject is running. [`analysis`] describes the order of analyses.
///
/// The claim counts as an attempt, so that a job that crashes the process is eventually given up.
pub async fn claim(tx: &mut Tx, claim: &Claim<'_>) -> Result<Option<JobRow>> {
    match claim.wanted {
        Wanted::Job { key_limit } => {
            let query = tx.either(&CLAIM_ON_SQLITE, CLAIM_ON_POSTGRES, params![claim.now, key_limit, claim.lease, claim.until]);
            query.optional().await
        }
        Wanted::Analysis { due_by_when_busy } => analysis::claim(tx, claim, due_by_when_busy).await,
    }
}

/// Returns the time at which the next job can be claimed; `None` if no job waits. Workers poll with this read-only query before
/// they try to claim. Ignores due jobs that only wait for a running job to finish, because the worker that finishes the running
/// job then claims the waiting job.
pub async fn next(tx: &mut ReadConnection, wanted: Wanted, now: Timestamp) -> Result<Option<Timestamp>> {
    let query = match wanted {
        Wanted::Job { key_limit } => tx.query(include_str!("next_job.sql"), params![now, key_limit]),
        Wanted::Analysis { due_by_when_busy } => tx.query(analysis::NEXT, params![now, due_by_when_busy]),
    };
    query.scalar().await
}
