//! Claims jobs. Many workers on several servers run these queries concurrently.
//!
//! The queries use an index to visit each concurrency key once. A key with a hundred thousand waiting jobs therefore costs as
//! little as a key with two. The SQL is in the `.sql` files in this folder.

pub mod analysis;

use super::JobRow;
use crate::{
    db::{ReadConnection, Result, Tx, engine::query::params},
    domain::time::Timestamp,
};

#[derive(Clone, Copy, Debug)]
pub enum Wanted {
    /// A job of any kind except an analysis.
    Job {
        /// Maximum number of running jobs per concurrency key.
        key_limit: i64,
    },
    Analysis {
        /// While due jobs that belong to connections wait, only analyses that have been due since this time or longer can be
        /// claimed.
        due_by_when_busy: Timestamp,
    },
}

#[derive(Clone, Copy, Debug)]
pub struct Claim<'a> {
    pub wanted: Wanted,
    /// Fencing token of the claim.
    pub lease: &'a str,
    pub now: Timestamp,
    /// Time at which the claim expires unless it is renewed.
    pub until: Timestamp,
}

/// Claims a due job. Jobs whose claim expired come first, then jobs without a concurrency key, then other jobs; within each
/// group, the job that has been due longest. Skips a job if the limit of its concurrency key is reached, or if a job with the
/// same kind and subject is running. For analyses see [`analysis`].
///
/// The claim itself counts as an attempt, so that a job that crashes the process is eventually given up.
pub async fn claim(tx: &mut Tx, claim: &Claim<'_>) -> Result<Option<JobRow>> {
    match claim.wanted {
        Wanted::Job { key_limit } => {
            let sqlite = include_str!("claim_job.sqlite.sql");
            let postgres = include_str!("claim_job.postgres.sql");
            tx.either(sqlite, postgres, params![claim.now, key_limit, claim.lease, claim.until]).optional().await
        }
        Wanted::Analysis { due_by_when_busy } => analysis::claim(tx, claim, due_by_when_busy).await,
    }
}

/// Time at which the next job can be claimed; `None` if there is none. Ignores jobs that only wait for running jobs: the worker
/// that finishes the last of those running jobs claims them. This query is read-only, so workers call it before a claim that may
/// find no job.
pub async fn next(tx: &mut ReadConnection, wanted: Wanted, now: Timestamp) -> Result<Option<Timestamp>> {
    let query = match wanted {
        Wanted::Job { key_limit } => tx.query(include_str!("next_job.sql"), params![now, key_limit]),
        Wanted::Analysis { due_by_when_busy } => tx.query(include_str!("next_analysis.sql"), params![now, due_by_when_busy]),
    };
    query.scalar().await
}
