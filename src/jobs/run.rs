//! Claims one job, runs it, and stores the outcome.

use super::failure::INTERNAL;
use super::{FailureAction, Job, JobError, JobResult, backoff};
use crate::db::Tx;
use crate::db::connections::{self, reconciliations};
use crate::db::jobs::claim::{Claim, Wanted, claim, next};
use crate::db::jobs::{self as table};
use crate::domain::connection::ConnectionStatus;
use crate::domain::connection::disconnection::Revocation;
use crate::domain::contract::timeline::ActivityKind;
use crate::domain::time::Timestamp;
use crate::fail_points::{Step, reach};
use crate::hub::{Hub, Result, chain};
use crate::random;
use std::time::Duration;

/// Time after which a claim expires unless it is renewed. The jobs of a killed server run again after this time.
const LEASE: Duration = Duration::from_secs(15);
const RENEW_EVERY: Duration = Duration::from_secs(5);
const RUN_TIMEOUT: Duration = Duration::from_secs(30 * 60);
/// Maximum number of attempts to claim a job if claims by other servers conflict.
const CLAIM_ATTEMPTS: usize = 5;
/// Number of lost claims after which the job is considered the cause of the crashes. The number is high, because a server that
/// stops for another reason also loses its claims.
const MAX_LOST_CLAIMS: i64 = 20;
const CRASHED: &str = "The server stopped each time it worked on this, so it is not retried automatically. Ask the operator of \
     this server to check the log, then retry.";
/// Maximum number of concurrent jobs per connection, so that one busy connection cannot occupy all workers.
const JOBS_PER_KEY: i64 = 4;
/// Maximum time for which an analysis waits while connections have due jobs, so that contracts are stored sooner. After this
/// time, the analysis can run even if new jobs keep arriving.
const ANALYSIS_DELAY: Duration = Duration::from_secs(3);

/// The state of a job after a failed attempt. The subject of the job, such as a delivery, records the state too.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum JobOutcome {
    RetryAt(Timestamp),
    Postponed(Timestamp),
    Parked,
    Dead,
}

impl JobOutcome {
    /// Returns the kind of the timeline entry for the failed attempt, and the verb phrase for the entry's summary.
    pub(crate) fn activity(self) -> (ActivityKind, &'static str) {
        match self {
            Self::Dead => (ActivityKind::GivenUp, "failed and is not retried"),
            Self::RetryAt(_) | Self::Postponed(_) | Self::Parked => (ActivityKind::AttemptFailed, "failed"),
        }
    }
}

impl Hub {
    /// Claims a due job and runs it. Returns `false` if no job is due.
    pub async fn run_one_job(&self, only_analyses: bool) -> Result<bool> {
        let Some((row, job)) = self.claim_job(only_analyses).await? else { return Ok(false) };
        self.notifier.pass_on(only_analyses);
        reach(Step::JobClaimed);
        let Some(job) = job else {
            self.settle(&row, None, JobError::fail("This version of the server does not know this kind of job.")).await?;
            return Ok(true);
        };
        let result = if row.lost_claims >= MAX_LOST_CLAIMS.min(job.max_attempts()) {
            Err(JobError::fail(CRASHED))
        } else {
            self.run_claimed(&row, &job).await
        };
        if let Err(error) = result {
            self.settle(&row, Some(&job), error).await?;
        }
        Ok(true)
    }

    /// Claims a job and records the start on its subject. The job is `None` if this version of the server does not know the kind.
    async fn claim_job(&self, only_analyses: bool) -> Result<Option<(table::JobRow, Option<Job>)>> {
        for _ in 0..CLAIM_ATTEMPTS {
            let now = self.clock().now();
            let lease = format!("{}{}", self.holder, random::hex(&random::bytes::<8>()));
            let wanted = Claim { wanted: wanted(only_analyses, now), lease: &lease, now, until: now + LEASE };
            let mut tx = self.db.begin().await?;
            let row = match claim(&mut tx, &wanted).await {
                // Retries, because another server has concurrently claimed a job with the same subject.
                Err(error) if crate::db::is_unique_violation(&error) || crate::db::is_conflict(&error) => continue,
                claimed => claimed?,
            };
            let Some(row) = row else { return Ok(None) };
            let job = Job::parse(&row.kind, &row.subject_id);
            match &job {
                Some(Job::Ingest(delivery)) => self.record_ingest_start(&mut tx, &row, delivery).await?,
                Some(Job::Analyse(version)) => self.record_analysis_start(&mut tx, &row, version).await?,
                Some(
                    Job::Scan(_)
                    | Job::Push(_)
                    | Job::FileBack(_)
                    | Job::Revoke(_)
                    | Job::KeepAlive(_)
                    | Job::Probe(_)
                    | Job::Reconcile(_)
                    | Job::Poll(_),
                )
                | None => {}
            }
            tx.commit().await?;
            return Ok(Some((row, job)));
        }
        Ok(None)
    }

    pub(super) async fn next_job(&self, only_analyses: bool, now: Timestamp) -> Result<Option<Timestamp>> {
        Ok(next(&mut self.db.acquire().await?, wanted(only_analyses, now), now).await?)
    }

    /// Runs the job in a separate task, so that a panic does not end the worker. Stops if the job is preempted or its claim is
    /// lost.
    async fn run_claimed(&self, row: &table::JobRow, job: &Job) -> JobResult {
        let (hub, claimed, wanted) = (self.clone(), row.clone(), job.clone());
        let mut work = tokio::spawn(async move { hub.perform(&claimed, &wanted).await });
        tokio::select! {
            finished = &mut work => finished.unwrap_or_else(|panic| Err(JobError { cause: panic.to_string(), ..JobError::retry(INTERNAL) })),
            () = self.preempted(row, job) => {
                work.abort();
                // Waits until the task has ended and its child process has been killed. Only then is the worker free.
                let _ = work.await;
                Ok(())
            }
            error = self.keep_claim(row) => {
                work.abort();
                Err(error)
            }
        }
    }

    async fn keep_claim(&self, row: &table::JobRow) -> JobError {
        let deadline = tokio::time::Instant::now() + RUN_TIMEOUT;
        let mut held_until = tokio::time::Instant::now() + LEASE;
        loop {
            tokio::time::sleep(RENEW_EVERY).await;
            let started = tokio::time::Instant::now();
            match self.renew(row).await {
                Ok(true) => held_until = started + LEASE,
                Ok(false) => held_until = started,
                Err(error) => tracing::warn!(error = chain(&error), job = %row.id, "could not renew a claim"),
            }
            if started > deadline {
                return JobError::retry("This took longer than half an hour, so it was stopped.");
            }
            if tokio::time::Instant::now() >= held_until {
                return JobError::claim_lost();
            }
        }
    }

    /// Extends the claim. Returns `false` if another worker has claimed the job.
    async fn renew(&self, row: &table::JobRow) -> Result<bool> {
        let mut tx = self.db.begin().await?;
        let held = table::renew(&mut tx, row, self.clock().now() + LEASE).await?;
        tx.commit().await?;
        Ok(held)
    }

    async fn perform(&self, row: &table::JobRow, job: &Job) -> JobResult {
        match job {
            Job::Ingest(delivery) => self.ingest(row, delivery).await,
            Job::Scan(version) => self.scan(row, version).await,
            Job::Analyse(version) => self.analyse(row, version).await,
            Job::Push(link) => self.push(row, link).await,
            Job::FileBack(link) => self.file_back(row, link).await,
            Job::Revoke(revocation) => self.revoke(row, revocation).await,
            Job::KeepAlive(connection) => self.keep_alive(row, connection).await,
            Job::Probe(connection) => self.probe(row, connection).await,
            Job::Reconcile(connection) => self.reconcile(row, connection).await,
            Job::Poll(connection) => self.poll(row, connection).await,
        }
    }

    async fn settle(&self, row: &table::JobRow, job: Option<&Job>, error: JobError) -> Result<()> {
        let now = self.clock().now();
        let Some(mut outcome) = outcome(row, job, error.action, now) else { return Ok(()) };
        tracing::warn!(job = %row.id, kind = row.kind, subject = row.subject_id, attempt = row.attempts, ?outcome, cause = error.cause, "attempt of a job failed");
        let decision = error.action.into_str();
        metrics::counter!("lexicontract_job_failures_total", "kind" => row.kind.clone(), "decision" => decision).increment(1);
        let mut tx = self.db.begin().await?;
        if outcome == JobOutcome::Parked && is_repaired(&mut tx, row).await? {
            outcome = JobOutcome::RetryAt(now + backoff::pause(row.attempts));
        }
        let error = if outcome == JobOutcome::Dead { error.without_retry() } else { error };
        let held = match outcome {
            JobOutcome::RetryAt(run_at) => table::release(&mut tx, row, "queued", run_at, &error.message, now).await?,
            JobOutcome::Postponed(run_at) => table::postpone(&mut tx, row, run_at, &error.message, now).await?,
            JobOutcome::Parked => table::release(&mut tx, row, "parked", now, &error.message, now).await?,
            JobOutcome::Dead => table::release(&mut tx, row, "dead", now, &error.message, now).await?,
        };
        if !held {
            return Ok(());
        }
        let message = &error.message;
        match job {
            Some(Job::Ingest(delivery)) => self.record_ingest_outcome(&mut tx, row, delivery, outcome, &error).await?,
            Some(Job::Scan(version)) => self.record_scan_outcome(&mut tx, row, version, outcome, &error).await?,
            Some(Job::Analyse(version)) => self.record_analysis_outcome(&mut tx, row, version, outcome, &error).await?,
            Some(Job::Push(link)) => self.record_push_outcome(&mut tx, row, link, outcome, message).await?,
            Some(Job::FileBack(link)) => self.record_filing_outcome(&mut tx, row, link, outcome, message).await?,
            Some(Job::Revoke(id)) if outcome == JobOutcome::Dead => {
                self.settle_revocation(&mut tx, row, id, Revocation::Failed).await?;
            }
            Some(Job::Reconcile(connection)) => {
                reconciliations::record_failure(&mut tx, &row.organization_id, connection, message).await?;
            }
            // These jobs record a failure as an issue of the connection.
            Some(Job::Revoke(_) | Job::KeepAlive(_) | Job::Probe(_) | Job::Poll(_)) | None => {}
        }
        reach(Step::JobSettling);
        Ok(tx.commit().await?)
    }
}

/// Returns `true` if the connection was repaired while the job ran. The job must then be retried and not parked, because the
/// repair has already resumed all parked jobs.
async fn is_repaired(tx: &mut Tx, row: &table::JobRow) -> Result<bool> {
    let Some(connection) = &row.concurrency_key else { return Ok(false) };
    let connection = connections::find_locked(tx, &row.organization_id, connection).await?;
    Ok(connection.is_some_and(|connection| connection.is_enabled && connection.status != ConnectionStatus::NeedsReconnect))
}

fn wanted(only_analyses: bool, now: Timestamp) -> Wanted {
    if only_analyses {
        Wanted::Analysis { due_by_when_busy: analyses_due_by(now) }
    } else {
        Wanted::Job { key_limit: JOBS_PER_KEY }
    }
}

/// Returns the due time up to which analyses are allowed to run while due jobs of connections wait.
pub(super) fn analyses_due_by(now: Timestamp) -> Timestamp {
    now - ANALYSIS_DELAY
}

/// Returns the outcome of a failed attempt; `None` if another worker owns the job.
fn outcome(row: &table::JobRow, job: Option<&Job>, action: FailureAction, now: Timestamp) -> Option<JobOutcome> {
    let is_late = now.since(row.created_at) >= backoff::GIVE_UP_AFTER;
    let is_given_up = job.is_none_or(|job| job.is_limited() && (is_late || row.attempts >= job.max_attempts()));
    let pause = backoff::pause(row.attempts).min(job.map_or(backoff::LONGEST, Job::longest_pause));
    match action {
        FailureAction::ClaimLost => None,
        FailureAction::Postpone(until) => Some(JobOutcome::Postponed(until)),
        FailureAction::Park => Some(JobOutcome::Parked),
        FailureAction::Fail => Some(JobOutcome::Dead),
        FailureAction::Retry(_) if is_given_up => Some(JobOutcome::Dead),
        FailureAction::Retry(not_before) => Some(JobOutcome::RetryAt(now + pause.max(not_before.unwrap_or_default()))),
    }
}
