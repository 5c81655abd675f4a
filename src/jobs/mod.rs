//! Durable background jobs. A change and the jobs that it causes are committed in one transaction. A worker claims a job with a
//! lease. A failed job is retried with backoff. A job that is no longer retried is kept as a dead letter with the reason.
//!
//! A job stores only the id of its subject, and reads the current state when it runs. Jobs are idempotent.

pub(crate) mod backoff;
mod failure;
mod notifier;
mod preempt;
mod run;
mod workers;

pub use failure::{FailureAction, JobError, JobResult};
pub use notifier::Notifier;
pub(crate) use run::JobOutcome;
pub use workers::Workers;

use crate::db::{self, Tx, jobs as table};
use crate::domain::ids::{ConnectionId, DeliveryId, LinkId, OrganizationId, VersionId};
use crate::domain::time::Timestamp;
use crate::random::new_id;
use std::time::Duration;
use strum::IntoStaticStr;

/// A background job. The database stores the kind as text in snake case.
#[derive(Clone, Debug, PartialEq, Eq, IntoStaticStr)]
#[cfg_attr(test, derive(strum::VariantNames))]
#[strum(serialize_all = "snake_case", const_into_str)]
pub enum Job {
    /// Reads the deal that a delivery refers to, and stores its contract.
    Ingest(DeliveryId),
    Scan(VersionId),
    /// Analyses a document version. Analyses have dedicated workers, because they are CPU-bound.
    Analyse(VersionId),
    /// Writes a contract's status to the linked record at the provider.
    Push(LinkId),
    /// Files the latest version of a contract at the linked record.
    FileBack(LinkId),
    Revoke(String),
    /// Refreshes a connection's tokens, because a refresh token expires if it is not used for a long time.
    KeepAlive(ConnectionId),
    /// Tests a connection that is degraded or has an API key, if the connection has no other jobs.
    Probe(ConnectionId),
    /// Compares a connection's contracts with the account at the provider, and queues repairs.
    Reconcile(ConnectionId),
    /// Finds deals that entered a trigger stage.
    Poll(ConnectionId),
}

impl Job {
    pub fn kind(&self) -> &'static str {
        self.into_str()
    }

    pub fn subject(&self) -> &str {
        match self {
            Self::Ingest(id) => id.as_str(),
            Self::Scan(id) | Self::Analyse(id) => id.as_str(),
            Self::Push(id) | Self::FileBack(id) => id.as_str(),
            Self::Revoke(id) => id,
            Self::KeepAlive(id) | Self::Probe(id) | Self::Reconcile(id) | Self::Poll(id) => id.as_str(),
        }
    }

    fn parse(kind: &str, subject: &str) -> Option<Self> {
        Some(match kind {
            "ingest" => Self::Ingest(subject.parse().ok()?),
            "scan" => Self::Scan(subject.parse().ok()?),
            "analyse" => Self::Analyse(subject.parse().ok()?),
            "push" => Self::Push(subject.parse().ok()?),
            "file_back" => Self::FileBack(subject.parse().ok()?),
            "revoke" => Self::Revoke(subject.to_owned()),
            "keep_alive" => Self::KeepAlive(subject.parse().ok()?),
            "probe" => Self::Probe(subject.parse().ok()?),
            "reconcile" => Self::Reconcile(subject.parse().ok()?),
            "poll" => Self::Poll(subject.parse().ok()?),
            _ => return None,
        })
    }

    /// A scan is retried without limit, because the file is withheld until the scan succeeds.
    fn is_limited(&self) -> bool {
        !matches!(self, Self::Scan(_))
    }

    fn longest_pause(&self) -> Duration {
        if matches!(self, Self::Scan(_)) { LONGEST_SCAN_PAUSE } else { backoff::LONGEST }
    }

    fn max_attempts(&self) -> i64 {
        match self {
            // Few attempts suffice, because a document that crashes the parser does so in every attempt.
            Self::Analyse(_) => 3,
            // Few attempts suffice, because the scheduler queues a new reconciliation every hour.
            Self::Reconcile(_) => 5,
            // A failed poll completes its job, and the scheduler queues a new job for the next poll.
            Self::Poll(_) => 5,
            Self::Scan(_)
            | Self::Ingest(_)
            | Self::Push(_)
            | Self::FileBack(_)
            | Self::Revoke(_)
            | Self::KeepAlive(_)
            | Self::Probe(_) => 100,
        }
    }
}

/// Maximum pause between two attempts of a scan. This pause is short, because users cannot download the file before the scan.
const LONGEST_SCAN_PAUSE: Duration = Duration::from_secs(10 * 60);

/// Returns the concurrency key that all scans share. The limit per key prevents a hanging scanner from occupying all workers.
pub(crate) fn scan_key() -> ConnectionId {
    ConnectionId::from_suffix("virus_scanner")
}

/// Queues a job. The caller should call [`Notifier::notify`] after the commit. Otherwise, on SQLite, the job starts only when a
/// worker polls the next time.
pub async fn enqueue(
    tx: &mut Tx,
    job: &Job,
    organization: &OrganizationId,
    concurrency_key: Option<&ConnectionId>,
    now: Timestamp,
) -> db::Result<()> {
    let (kind, subject_id) = (job.kind(), job.subject());
    let row = table::NewJob { organization_id: organization, kind, subject_id, concurrency_key, run_at: now };
    table::insert(tx, &new_id(), &row, now).await?;
    tx.notify_job().await
}

/// Makes a waiting or dead job with the same kind and subject due now. If no such job exists, queues a new job.
pub async fn enqueue_or_reschedule(
    tx: &mut Tx,
    job: &Job,
    organization: &OrganizationId,
    concurrency_key: Option<&ConnectionId>,
    now: Timestamp,
) -> db::Result<()> {
    if table::reschedule_now(tx, organization, job.kind(), job.subject(), now).await? {
        return tx.notify_job().await;
    }
    enqueue(tx, job, organization, concurrency_key, now).await
}

/// Removes a finished job. Fails if the worker has lost the claim. The caller then rolls back the transaction, which contains the
/// effects of the job.
pub(crate) async fn complete(tx: &mut Tx, job: &table::JobRow) -> JobResult {
    if table::complete(tx, job).await? { Ok(()) } else { Err(JobError::claim_lost()) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use strum::VariantNames;

    #[test]
    fn every_kind_parses_back() {
        let jobs = [
            Job::Ingest(DeliveryId::from_suffix("a")),
            Job::Scan(VersionId::from_suffix("a")),
            Job::Analyse(VersionId::from_suffix("a")),
            Job::Push(LinkId::from_suffix("a")),
            Job::FileBack(LinkId::from_suffix("a")),
            Job::Revoke("a".to_owned()),
            Job::KeepAlive(ConnectionId::from_suffix("a")),
            Job::Probe(ConnectionId::from_suffix("a")),
            Job::Reconcile(ConnectionId::from_suffix("a")),
            Job::Poll(ConnectionId::from_suffix("a")),
        ];
        assert_eq!(jobs.each_ref().map(Job::kind).as_slice(), Job::VARIANTS, "all variants");
        for job in &jobs {
            assert_eq!(Job::parse(job.kind(), job.subject()).as_ref(), Some(job));
        }
    }
}
