//! The background tasks of this process: workers that run jobs, and periodic tasks.

use crate::db::jobs as table;
use crate::hub::{Hub, Result, chain};
use futures::FutureExt;
use futures::future::BoxFuture;
use std::fs::File;
use std::time::Duration;
use tokio::sync::watch;
use tokio::task::JoinSet;

/// Number of workers for jobs that mostly wait for the network.
const WORKERS: usize = 6;
/// Number of additional workers if a virus scanner is configured: one for each concurrent scan.
const SCAN_WORKERS: usize = 4;
/// Number of workers for analyses. Each analysis keeps one CPU core busy.
const ANALYSIS_WORKERS: usize = 2;
/// Interval at which workers poll for jobs. If a notification is lost, a job starts at most this much later.
const POLL_EVERY: Duration = Duration::from_secs(2);
/// Minimum time between two attempts of a worker to claim a due job.
const SHORTEST_WAIT: Duration = Duration::from_millis(50);
const PAUSE_AFTER_ERROR: Duration = Duration::from_secs(1);
const SCHEDULE_EVERY: Duration = Duration::from_secs(60);
/// Interval at which due polls are queued. A poll can therefore start this much later than its due time.
const SCHEDULE_POLLS_EVERY: Duration = Duration::from_secs(2);
const HOUSEKEEPING_EVERY: Duration = Duration::from_secs(60);
/// Interval at which counts of rejected requests are written to the audit log. Only counts of completed minutes are written.
const WRITE_REJECTIONS_EVERY: Duration = Duration::from_secs(5);
/// Interval at which refused calls are stored. It bounds the writes that a client can cause, to one per reason and interval.
const WRITE_REFUSED_CALLS_EVERY: Duration = Duration::from_secs(5);
const DRAIN_TIMEOUT: Duration = Duration::from_secs(8);
const GIVE_BACK_TIMEOUT: Duration = Duration::from_secs(1);

pub struct Workers {
    hub: Hub,
    stop: watch::Sender<bool>,
    tasks: JoinSet<()>,
    /// Lock that shows other servers that this server uses the SQLite file; `None` on PostgreSQL, or if another server holds the
    /// lock.
    _instance_lock: Option<File>,
}

impl Hub {
    /// Starts the background workers. If this is the only server that uses the SQLite file, first expires the claims of the
    /// previous run.
    pub async fn start_workers(&self) -> Workers {
        let instance_lock = self.db.try_lock_server().unwrap_or_else(|error| {
            tracing::warn!(%error, "could not find out whether another server uses this database");
            None
        });
        if instance_lock.is_some()
            && let Err(error) = self.end_all_claims().await
        {
            tracing::warn!(error = chain(&error), "interrupted jobs wait for their leases to end");
        }
        let (stop, stopped) = watch::channel(false);
        let mut tasks = JoinSet::new();
        let workers = WORKERS + if self.clamd.is_some() { SCAN_WORKERS } else { 0 };
        for number in 0..workers + ANALYSIS_WORKERS {
            tasks.spawn(work(self.clone(), number >= workers, stopped.clone()));
        }
        tasks.spawn(listen(self.clone(), stopped.clone()));
        let periodic_tasks: [(_, _, PeriodicTask); 5] = [
            (SCHEDULE_POLLS_EVERY, "schedule polls", |hub| async move { hub.schedule_polls().await.map(drop) }.boxed()),
            (SCHEDULE_EVERY, "schedule jobs of connections", |hub| {
                async move { hub.schedule_connections().await.map(drop) }.boxed()
            }),
            (WRITE_REJECTIONS_EVERY, "write rejections to the audit log", |hub| {
                async move { hub.write_rejections().await }.boxed()
            }),
            (WRITE_REFUSED_CALLS_EVERY, "store refused calls", |hub| async move { hub.store_refused_calls().await }.boxed()),
            (HOUSEKEEPING_EVERY, "remove expired rows and files", |hub| async move { hub.run_housekeeping().await }.boxed()),
        ];
        for (period, purpose, task) in periodic_tasks {
            tasks.spawn(repeat(period, self.clone(), stopped.clone(), purpose, task));
        }
        Workers { hub: self.clone(), stop, tasks, _instance_lock: instance_lock }
    }

    async fn end_all_claims(&self) -> Result<()> {
        let mut tx = self.db.begin().await?;
        let ended = table::expire_all_claims(&mut tx, self.clock().now()).await?;
        tx.commit().await?;
        if ended > 0 {
            tracing::info!(jobs = ended, "interrupted jobs run again");
        }
        Ok(())
    }

    /// Releases the claims of this process, so that other servers can run the jobs before the leases expire.
    async fn give_back_claims(&self) -> Result<u64> {
        let mut tx = self.db.begin().await?;
        let given_back = table::requeue_claims_of(&mut tx, &self.holder, self.clock().now()).await?;
        tx.notify_job().await?;
        tx.commit().await?;
        Ok(given_back)
    }

    /// Waits until a job is due. Uses a read-only query, because an unsuccessful attempt to claim would block writers.
    async fn wait_for_work(&self, only_analyses: bool, mut stopped: watch::Receiver<bool>) {
        // Waits at least the minimum time. If a job is due but this worker could not claim it, another server is probably
        // claiming the job.
        let mut pause = self.until_next_job(only_analyses).await.max(SHORTEST_WAIT);
        while !pause.is_zero() {
            tokio::select! {
                () = self.notifier.wait(only_analyses, pause) => {}
                _ = stopped.wait_for(|stop| *stop) => return,
            }
            pause = self.until_next_job(only_analyses).await;
        }
    }

    async fn until_next_job(&self, only_analyses: bool) -> Duration {
        let now = self.clock().now();
        let due = self.next_job(only_analyses, now).await.ok().flatten();
        due.map_or(POLL_EVERY, |due| due.since(now).min(POLL_EVERY))
    }
}

impl Workers {
    /// Stops claiming jobs and waits up to 8 s for running jobs. Then aborts the remaining jobs and releases their claims.
    pub async fn stop(mut self) {
        self.stop.send_replace(true);
        let all = async { while self.tasks.join_next().await.is_some() {} };
        if tokio::time::timeout(DRAIN_TIMEOUT, all).await.is_ok() {
            return;
        }
        self.tasks.abort_all();
        match tokio::time::timeout(GIVE_BACK_TIMEOUT, self.hub.give_back_claims()).await {
            Ok(Ok(jobs)) => tracing::warn!(jobs, "jobs were interrupted; they run again elsewhere, or after the next start"),
            Ok(Err(_)) | Err(_) => tracing::warn!("jobs were interrupted; they run again after their leases end"),
        }
    }
}

async fn work(hub: Hub, only_analyses: bool, stopped: watch::Receiver<bool>) {
    while !*stopped.borrow() {
        match hub.run_one_job(only_analyses).await {
            Ok(true) => {}
            Ok(false) => hub.wait_for_work(only_analyses, stopped.clone()).await,
            Err(error) => {
                tracing::error!(error = chain(&error), "could not take a job");
                tokio::time::sleep(PAUSE_AFTER_ERROR).await;
            }
        }
    }
}

async fn listen(hub: Hub, mut stopped: watch::Receiver<bool>) {
    while !*stopped.borrow() {
        match hub.db.job_listener().await {
            Ok(None) => return,
            Ok(Some(mut listener)) => loop {
                tokio::select! {
                    received = listener.recv() => match received {
                        Ok(()) => hub.notifier.notify(),
                        Err(error) => { tracing::warn!(error = chain(&error), "lost the notifications of other servers"); break }
                    },
                    _ = stopped.wait_for(|stop| *stop) => return,
                }
            },
            Err(error) => tracing::warn!(error = chain(&error), "cannot receive the notifications of other servers"),
        }
        tokio::time::sleep(PAUSE_AFTER_ERROR).await;
    }
}

type PeriodicTask = fn(Hub) -> BoxFuture<'static, Result<()>>;

async fn repeat(period: Duration, hub: Hub, mut stopped: watch::Receiver<bool>, purpose: &str, task: PeriodicTask) {
    while !*stopped.borrow() {
        if let Err(error) = task(hub.clone()).await {
            tracing::warn!(error = chain(&error), "could not {purpose}");
        }
        let _ = tokio::time::timeout(period, stopped.wait_for(|stop| *stop)).await;
    }
}
