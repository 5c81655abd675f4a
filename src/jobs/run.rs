//! Claims one job and runs it to its end: done, waiting, parked or buried.

use super::{Decision, Job, JobError, backoff};
use crate::{
    db::{
        Tx, connections,
        jobs::{
            self as table,
            claim::{Claim, Wanted, claim, next},
        },
    },
    domain::{connection::ConnectionStatus, ids::ConnectionId, time::Timestamp},
    fail_points::{Step, reach},
    hub::{Hub, Result, chain},
    random,
};
use std::time::Duration;

/// How long a claim lasts without renewal: the longest a job of a killed process waits.
const LEASE: Duration = Duration::from_secs(15);
/// How often a claim is renewed while its job runs.
const RENEW_EVERY: Duration = Duration::from_secs(5);
/// No job runs longer than this.
const LONGEST_RUN: Duration = Duration::from_secs(30 * 60);
/// How often a claim is tried that another server's was in the way of.
const CLAIM_TRIES: usize = 5;
/// A job whose holder was gone so often is taken for the cause; one that runs whenever a server is killed is not.
const MOST_LOST_CLAIMS: i64 = 20;
const CRASHED: &str = "The server ended each time it worked on this, so it was given up. Tell whoever runs the server: its log says more. Then it can be tried again.";
/// How many jobs of one connection run at once, so that one busy customer leaves workers to the others.
const JOBS_PER_LANE: i64 = 4;
/// How long an analysis lets jobs of connections go first: contracts are there soon, and their analyses come all the same when there is
/// no end to the jobs.
const ANALYSES_STEP_BACK: Duration = Duration::from_secs(3);

/// How a job ended, for the row it is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum JobOutcome {
    /// It waits until then.
    Waits(Timestamp),
    /// It was not tried, and runs then.
    Postponed(Timestamp),
    /// It waits for a person.
    Parked,
    /// It was given up.
    Dead,
}

impl Hub {
    /// Claims a job that is due and runs it; `false` when none is. The workers call this; so do tests that want no workers.
    ///
    /// # Errors
    /// The database did not answer.
    pub async fn run_one_job(&self, only_analyses: bool) -> Result<bool> {
        let Some((row, job)) = self.claim_job(only_analyses).await? else { return Ok(false) };
        self.notifier.pass_on(only_analyses);
        reach(Step::JobClaimed);
        let Some(job) = job else {
            self.settle(&row, None, JobError::fail("This program does not know how to do this job.")).await?;
            return Ok(true);
        };
        let outcome = match has_crashed_too_often(&row, &job) {
            true => Err(JobError::fail(CRASHED)),
            false => self.run_claimed(&row, &job).await,
        };
        if let Err(error) = outcome {
            self.settle(&row, Some(&job), error).await?;
        }
        Ok(true)
    }

    /// Claims a job, and notes in the same transaction that work on its subject has begun.
    async fn claim_job(&self, only_analyses: bool) -> Result<Option<(table::JobRow, Option<Job>)>> {
        for _ in 0..CLAIM_TRIES {
            let now = self.clock().now();
            let lease = format!("{}{}", self.holder, random::hex(&random::bytes::<8>()));
            let wanted = Claim { wanted: wanted(only_analyses, now), lease: &lease, now, until: now + LEASE };
            let mut tx = self.db.begin().await?;
            let row = match claim(&mut tx, &wanted).await {
                // Two servers reached for two jobs about the same thing; the other one was faster.
                Err(error) if crate::db::is_unique_violation(&error) || crate::db::is_conflict(&error) => continue,
                claimed => claimed?,
            };
            let Some(row) = row else { return Ok(None) };
            let job = Job::parse(&row.kind, &row.subject_id);
            if let Some(job) = &job {
                self.record_start(&mut tx, &row, job).await?;
            }
            tx.commit().await?;
            return Ok(Some((row, job)));
        }
        Ok(None)
    }

    /// When there is something to claim.
    pub(super) async fn next_job(&self, only_analyses: bool, now: Timestamp) -> Result<Option<Timestamp>> {
        Ok(next(&mut self.db.acquire().await?, wanted(only_analyses, now), now).await?)
    }

    async fn record_start(&self, tx: &mut Tx, row: &table::JobRow, job: &Job) -> Result<()> {
        match job {
            Job::Ingest(delivery) => self.record_ingest_start(tx, row, delivery).await,
            Job::Analyse(version) => self.record_analysis_start(tx, row, version).await,
            Job::Scan(_) | Job::Push(_) | Job::Revoke(_) | Job::KeepAlive(_) | Job::Probe(_) | Job::Reconcile(_) => Ok(()),
        }
    }

    /// Runs the job in a separate task, so that a panic ends this job and nothing else, until it ends, is preempted or loses its claim.
    async fn run_claimed(&self, row: &table::JobRow, job: &Job) -> std::result::Result<(), JobError> {
        let (hub, claimed, wanted) = (self.clone(), row.clone(), job.clone());
        let mut work = tokio::spawn(async move { hub.perform(&claimed, &wanted).await });
        tokio::select! {
            ended = &mut work => ended.unwrap_or_else(|panic| Err(JobError { cause: panic.to_string(), ..JobError::retry("The job crashed. It is logged, and we try again by ourselves.") })),
            () = self.preempted(row, job) => {
                work.abort();
                // Waits until the child process is killed: its slot is free only then.
                let _ = work.await;
                Ok(())
            }
            error = self.keep_claim(row) => {
                work.abort();
                Err(error)
            }
        }
    }

    /// Renews the claim until it is lost or the job has run for too long.
    async fn keep_claim(&self, row: &table::JobRow) -> JobError {
        let deadline = tokio::time::Instant::now() + LONGEST_RUN;
        let mut held_until = tokio::time::Instant::now() + LEASE;
        loop {
            tokio::time::sleep(RENEW_EVERY).await;
            let asked = tokio::time::Instant::now();
            match self.renew(row).await {
                Ok(true) => held_until = asked + LEASE,
                Ok(false) => held_until = asked,
                Err(error) => tracing::warn!(error = chain(&error), job = %row.id, "a claim was not renewed"),
            }
            if asked > deadline {
                return JobError::retry("The job took longer than half an hour.");
            }
            if tokio::time::Instant::now() >= held_until {
                return JobError::claim_lost();
            }
        }
    }

    /// Whether the claim still holds.
    async fn renew(&self, row: &table::JobRow) -> Result<bool> {
        let mut tx = self.db.begin().await?;
        let held = table::renew(&mut tx, row, self.clock().now() + LEASE).await?;
        tx.commit().await?;
        Ok(held)
    }

    async fn perform(&self, row: &table::JobRow, job: &Job) -> std::result::Result<(), JobError> {
        match job {
            Job::Ingest(delivery) => self.ingest(row, delivery).await,
            Job::Scan(version) => self.scan(row, version).await,
            Job::Analyse(version) => self.analyse(row, version).await,
            Job::Push(link) => self.push(row, link).await,
            Job::Revoke(revocation) => self.revoke(row, revocation).await,
            Job::KeepAlive(connection) => self.keep_alive(row, connection).await,
            Job::Probe(connection) => self.probe(row, connection).await,
            Job::Reconcile(connection) => self.reconcile(row, connection).await,
        }
    }

    /// Decides what becomes of a job that did not work, and tells the row it is about, in one transaction.
    async fn settle(&self, row: &table::JobRow, job: Option<&Job>, error: JobError) -> Result<()> {
        let now = self.clock().now();
        let Some(ending) = decide(row, job, error.decision, now) else { return Ok(()) };
        tracing::warn!(job = %row.id, kind = row.kind, subject = row.subject_id, attempt = row.attempts, ?ending, cause = error.cause, "job did not work");
        metrics::counter!("lexicontract_job_failures_total", "kind" => row.kind.clone(), "decision" => decision_word(error.decision)).increment(1);
        let mut tx = self.db.begin().await?;
        let ending = match (ending, &row.concurrency_key) {
            (JobOutcome::Parked, Some(concurrency_key)) => self.parked_or_not(&mut tx, row, concurrency_key).await?,
            (ending, _) => ending,
        };
        let held = match ending {
            JobOutcome::Waits(run_at) => table::release(&mut tx, row, "queued", run_at, &error.sentence, now).await?,
            JobOutcome::Postponed(run_at) => table::postpone(&mut tx, row, run_at, &error.sentence, now).await?,
            JobOutcome::Parked => table::release(&mut tx, row, "parked", now, &error.sentence, now).await?,
            JobOutcome::Dead => table::release(&mut tx, row, "dead", now, &error.sentence, now).await?,
        };
        if !held {
            return Ok(());
        }
        if let Some(job) = job {
            self.record_outcome(&mut tx, row, job, ending, &error).await?;
        }
        reach(Step::JobSettling);
        tx.commit().await?;
        Ok(())
    }

    /// A person may have repaired the connection while the job ran; what had been parked by then is running again, and so is this.
    async fn parked_or_not(&self, tx: &mut Tx, row: &table::JobRow, connection: &ConnectionId) -> Result<JobOutcome> {
        let connection = connections::find_locked(tx, &row.organization_id, connection).await?;
        let is_repaired =
            connection.is_some_and(|connection| connection.is_enabled && connection.status != ConnectionStatus::NeedsReconnect);
        Ok(match is_repaired {
            true => JobOutcome::Waits(self.clock().now() + backoff::pause(row.attempts)),
            false => JobOutcome::Parked,
        })
    }

    async fn record_outcome(
        &self,
        tx: &mut Tx,
        row: &table::JobRow,
        job: &Job,
        ending: JobOutcome,
        error: &JobError,
    ) -> Result<()> {
        let sentence = &error.sentence;
        match job {
            Job::Ingest(delivery) => self.record_ingest_outcome(tx, row, delivery, ending, sentence).await,
            Job::Scan(version) => self.record_scan_outcome(tx, row, version, ending, error).await,
            Job::Analyse(version) => self.record_analysis_outcome(tx, row, version, ending, error).await,
            Job::Push(link) => self.record_push_outcome(tx, row, link, ending, sentence).await,
            Job::Revoke(revocation) => self.record_revocation_outcome(tx, row, revocation, ending).await,
            Job::Reconcile(connection) => self.record_reconciliation_outcome(tx, row, connection, sentence).await,
            // What went wrong stands on the connection.
            Job::KeepAlive(_) | Job::Probe(_) => Ok(()),
        }
    }
}

fn wanted(only_analyses: bool, now: Timestamp) -> Wanted {
    match only_analyses {
        true => Wanted::Analysis { due_by_when_busy: analyses_due_by(now) },
        false => Wanted::Job { key_limit: JOBS_PER_LANE },
    }
}

/// By when an analysis must have been due while jobs of connections wait.
pub(super) fn analyses_due_by(now: Timestamp) -> Timestamp {
    now - ANALYSES_STEP_BACK
}

/// A job that ends the process never comes to an end of its own, so its claims are counted before it runs.
fn has_crashed_too_often(row: &table::JobRow, job: &Job) -> bool {
    row.lost_claims >= MOST_LOST_CLAIMS.min(job.max_attempts())
}

/// What becomes of a job; `None` when it is not ours any more.
fn decide(row: &table::JobRow, job: Option<&Job>, decision: Decision, now: Timestamp) -> Option<JobOutcome> {
    let is_late = now.since(row.created_at) >= backoff::GIVE_UP_AFTER;
    let is_used_up = job.is_none_or(|job| job.is_given_up() && (is_late || row.attempts >= job.max_attempts()));
    let pause = backoff::pause(row.attempts).min(job.map_or(backoff::LONGEST, Job::longest_pause));
    match decision {
        Decision::ClaimLost => None,
        Decision::Postpone(until) => Some(JobOutcome::Postponed(until)),
        Decision::Park => Some(JobOutcome::Parked),
        Decision::Fail => Some(JobOutcome::Dead),
        Decision::Retry(_) if is_used_up => Some(JobOutcome::Dead),
        Decision::Retry(not_before) => Some(JobOutcome::Waits(now + pause.max(not_before.unwrap_or_default()))),
    }
}

fn decision_word(decision: Decision) -> &'static str {
    match decision {
        Decision::Retry(_) => "retry",
        Decision::Postpone(_) => "postpone",
        Decision::Park => "park",
        Decision::Fail => "fail",
        Decision::ClaimLost => "claim_lost",
    }
}
