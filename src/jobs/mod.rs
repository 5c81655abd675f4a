//! Durable background jobs. A job is queued in the transaction of the change that causes it, claimed with a lease, and retried
//! with backoff. A job that is given up is kept as a dead letter with the reason.
//!
//! A job stores only the id of its subject. It reads the current state when it runs, and is idempotent.

mod backoff;
mod failure;
mod notifier;
mod preempt;
mod run;
mod workers;

pub use failure::{FailureAction, JobError, JobResult};
pub use notifier::Notifier;
pub(crate) use run::JobOutcome;
pub use workers::Workers;

use crate::{
    db::{self, Tx, jobs as table},
    domain::{
        ids::{ConnectionId, DeliveryId, LinkId, OrganizationId, VersionId},
        time::Timestamp,
    },
    random::new_id,
};
use std::time::Duration;

/// A background job.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Job {
    /// Reads the deal that a delivery refers to, and stores its contract.
    Ingest(DeliveryId),
    /// Scans a document version for viruses.
    Scan(VersionId),
    Analyse(VersionId),
    /// Writes a contract's status to the linked record at the provider.
    Push(LinkId),
    /// Revokes an OAuth grant at its provider.
    Revoke(String),
    /// Refreshes a connection's tokens, because a refresh token that stays unused expires.
    KeepAlive(ConnectionId),
    /// Tests a connection that has no other jobs. A degraded connection is tested to detect that it works again, and a connection
    /// with an API key to detect that the key is no longer valid.
    Probe(ConnectionId),
    /// Compares a connection's contracts with the account at the provider, and queues repairs.
    Reconcile(ConnectionId),
}

impl Job {
    /// The kind as stored in the database.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Ingest(_) => "ingest",
            Self::Scan(_) => "scan",
            Self::Analyse(_) => ANALYSE,
            Self::Push(_) => "push",
            Self::Revoke(_) => "revoke",
            Self::KeepAlive(_) => "keep_alive",
            Self::Probe(_) => "probe",
            Self::Reconcile(_) => "reconcile",
        }
    }

    /// The id of the job's subject, as stored in the database.
    pub fn subject(&self) -> &str {
        match self {
            Self::Ingest(id) => id.as_str(),
            Self::Scan(id) | Self::Analyse(id) => id.as_str(),
            Self::Push(id) => id.as_str(),
            Self::Revoke(id) => id,
            Self::KeepAlive(id) | Self::Probe(id) | Self::Reconcile(id) => id.as_str(),
        }
    }

    fn parse(kind: &str, subject: &str) -> Option<Self> {
        Some(match kind {
            "ingest" => Self::Ingest(subject.parse().ok()?),
            "scan" => Self::Scan(subject.parse().ok()?),
            ANALYSE => Self::Analyse(subject.parse().ok()?),
            "push" => Self::Push(subject.parse().ok()?),
            "revoke" => Self::Revoke(subject.to_owned()),
            "keep_alive" => Self::KeepAlive(subject.parse().ok()?),
            "probe" => Self::Probe(subject.parse().ok()?),
            "reconcile" => Self::Reconcile(subject.parse().ok()?),
            _ => return None,
        })
    }

    /// Whether the number of attempts and the age of the job are limited. A scan is retried without limit, because its file is
    /// withheld until there is a result.
    fn is_limited(&self) -> bool {
        !matches!(self, Self::Scan(_))
    }

    /// The maximum pause between two attempts.
    fn longest_pause(&self) -> Duration {
        if matches!(self, Self::Scan(_)) { LONGEST_SCAN_PAUSE } else { backoff::LONGEST }
    }

    fn max_attempts(&self) -> i64 {
        match self {
            // A document that crashes the parser would crash it in every attempt.
            Self::Analyse(_) => 3,
            // The scheduler queues a new reconciliation every hour.
            Self::Reconcile(_) => 5,
            Self::Scan(_) | Self::Ingest(_) | Self::Push(_) | Self::Revoke(_) | Self::KeepAlive(_) | Self::Probe(_) => 100,
        }
    }
}

/// Maximum pause between two attempts of a scan. It is short, because users cannot download the file before the scan.
const LONGEST_SCAN_PAUSE: Duration = Duration::from_secs(10 * 60);

/// The concurrency key that all scans share. It limits the number of concurrent scans, so that a scanner that hangs cannot occupy
/// all workers.
pub(crate) fn scan_key() -> ConnectionId {
    ConnectionId::from_suffix("virus_scanner")
}

/// The kind of [`Job::Analyse`]. Analyses have dedicated workers, because they are CPU-bound.
const ANALYSE: &str = "analyse";

/// Queues a job in the transaction of the change that causes it. Call [`Notifier::notify`] after the commit; otherwise the job
/// starts only at the next poll.
pub async fn enqueue(
    tx: &mut Tx,
    job: &Job,
    organization: &OrganizationId,
    concurrency_key: Option<&ConnectionId>,
    now: Timestamp,
) -> db::Result<()> {
    let row = table::NewJob {
        organization_id: organization,
        kind: job.kind(),
        subject_id: job.subject(),
        concurrency_key,
        run_at: now,
    };
    table::insert(tx, &new_id(), &row, now).await?;
    tx.notify_job().await
}

/// Makes a waiting or dead job with the same kind and subject due now. If there is none, queues a new job.
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

/// Removes a finished job in the transaction that stores its effects. Fails if the worker has lost its claim, so that the effects
/// are rolled back.
pub(crate) async fn complete(tx: &mut Tx, job: &table::JobRow) -> JobResult {
    if table::complete(tx, job).await? { Ok(()) } else { Err(JobError::claim_lost()) }
}
