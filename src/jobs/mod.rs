//! Durable background work: written in the transaction of the change that causes it, claimed with a lease, retried, buried with a reason.
//!
//! A job carries an id, reads the current state and converges; each can be done twice without harm.

mod backoff;
mod failure;
mod housekeeping;
mod notifier;
mod preempt;
mod run;
mod workers;

pub use failure::{Decision, JobError};
pub use notifier::Notifier;
pub(crate) use run::JobOutcome;
pub use workers::Workers;

use crate::{
    db::{Result, Tx, jobs as table},
    domain::{
        ids::{ConnectionId, DeliveryId, LinkId, OrganizationId, VersionId},
        time::Timestamp,
    },
    random::new_id,
};
use std::time::Duration;

/// Everything that is done in the background.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Job {
    /// Make a delivery into a contract.
    Ingest(DeliveryId),
    /// Scan a version for viruses.
    Scan(VersionId),
    /// Analyse a version.
    Analyse(VersionId),
    /// Write a contract's status to the record of a link.
    Push(LinkId),
    /// End a grant at its provider.
    Revoke(String),
    /// Use a connection's refresh token, so that it does not expire unused.
    KeepAlive(ConnectionId),
    /// Call a degraded connection that nothing else calls, so that it is noticed when it works again.
    Probe(ConnectionId),
    /// Compare a connection's contracts with its org, and repair what was missed.
    Reconcile(ConnectionId),
}

impl Job {
    /// The stored word of the kind.
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

    /// What it is about.
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

    /// Whether it is given up after [`Self::max_attempts`] and three days. A scan is not: its file is withheld until there is a result.
    fn is_given_up(&self) -> bool {
        !matches!(self, Self::Scan(_))
    }

    /// The longest pause between two attempts.
    fn longest_pause(&self) -> Duration {
        match self {
            Self::Scan(_) => LONGEST_PAUSE_OF_SCANS,
            _ => backoff::LONGEST,
        }
    }

    /// How often it is tried at most; time limits it too.
    fn max_attempts(&self) -> i64 {
        match self {
            // A document that kills its parser every time must not come back for ever.
            Self::Analyse(_) => 3,
            // The next hour brings a new one.
            Self::Reconcile(_) => 5,
            Self::Scan(_) | Self::Ingest(_) | Self::Push(_) | Self::Revoke(_) | Self::KeepAlive(_) | Self::Probe(_) => 100,
        }
    }
}

/// People wait for the file, so it is scanned soon after the scanner is back.
const LONGEST_PAUSE_OF_SCANS: Duration = Duration::from_secs(10 * 60);

/// The concurrency_key of all scans: it limits how many run at once, so that a scanner that hangs leaves workers to other jobs.
pub(crate) fn scan_key() -> ConnectionId {
    ConnectionId::from_suffix("virus_scanner")
}

/// The kind that has workers of its own, because it needs a processor rather than patience.
const ANALYSE: &str = "analyse";

/// Queues a job in the transaction of its cause. After the commit, [`Notifier::wake`] saves it the wait for the next poll.
pub async fn enqueue(
    tx: &mut Tx,
    job: &Job,
    organization: &OrganizationId,
    concurrency_key: Option<&ConnectionId>,
    now: Timestamp,
) -> Result<()> {
    let row = table::NewJob {
        organization_id: organization,
        kind: job.kind(),
        subject_id: job.subject(),
        concurrency_key,
        run_at: now,
    };
    table::insert(tx, &new_id(), &row, now).await?;
    tx.announce_job().await
}

/// [`enqueue_or_reschedule`] for what a user asked for: the attempt is made although the connection is paused.
pub async fn enqueue_for_user(
    tx: &mut Tx,
    job: &Job,
    organization: &OrganizationId,
    concurrency_key: Option<&ConnectionId>,
    now: Timestamp,
) -> Result<()> {
    enqueue_or_reschedule(tx, job, organization, concurrency_key, now).await?;
    table::mark_for_user(tx, organization, job.kind(), job.subject()).await
}

/// Lets the job that waits for the same thing run now, or queues it.
pub async fn enqueue_or_reschedule(
    tx: &mut Tx,
    job: &Job,
    organization: &OrganizationId,
    concurrency_key: Option<&ConnectionId>,
    now: Timestamp,
) -> Result<()> {
    match table::reschedule_now(tx, organization, job.kind(), job.subject(), now).await? {
        true => tx.announce_job().await,
        false => enqueue(tx, job, organization, concurrency_key, now).await,
    }
}
