//! The workers of this process.

use super::housekeeping;
use crate::{
    db::jobs as table,
    hub::{Hub, Result, chain},
};
use std::{fs::File, time::Duration};
use tokio::{sync::watch, task::JoinSet};

/// How many jobs that mostly wait for others run at once.
const WORKERS: usize = 6;
/// How many more when files are scanned: as many as scan at once.
const SCANNERS: usize = 4;
/// How many analyses run at once: each keeps a processor busy, and one of them is always free for another organization.
const ANALYSTS: usize = 2;
/// The longest that a job waits for a ring that got lost.
const POLL_EVERY: Duration = Duration::from_secs(2);
/// No worker waits less for a job that it could not claim.
const SHORTEST_WAIT: Duration = Duration::from_millis(50);
/// How long a worker leaves a database alone that does not answer.
const PAUSE_AFTER_ERROR: Duration = Duration::from_secs(1);
/// How often the hours of connections are looked at.
const SCHEDULE_EVERY: Duration = Duration::from_secs(60);
/// How often it is looked whether a minute of refused requests is over.
const WRITE_REFUSALS_EVERY: Duration = Duration::from_secs(5);
/// How long jobs under way may take to finish when the process ends; what is cut off runs again elsewhere.
const DRAIN: Duration = Duration::from_secs(8);
/// How long handing them back may take.
const GIVE_BACK: Duration = Duration::from_secs(1);

/// The running workers.
pub struct Workers {
    hub: Hub,
    stop: watch::Sender<bool>,
    tasks: JoinSet<()>,
    /// Held while this server is the only one on its SQLite file.
    _alone: Option<File>,
}

impl Hub {
    /// Starts the background workers. A server that is alone on its SQLite file first ends the claims of its earlier life.
    pub async fn start_workers(&self) -> Workers {
        let alone = self.db.try_lock_server().unwrap_or_else(|error| {
            tracing::warn!(%error, "could not find out whether another server uses this database");
            None
        });
        if alone.is_some()
            && let Err(error) = self.end_all_claims().await
        {
            tracing::warn!(error = chain(&error), "jobs that were cut off wait for their leases to end");
        }
        let (stop, stopped) = watch::channel(false);
        let mut tasks = JoinSet::new();
        let workers = WORKERS + if self.clamd.is_some() { SCANNERS } else { 0 };
        for number in 0..workers + ANALYSTS {
            tasks.spawn(work(self.clone(), number >= workers, stopped.clone()));
        }
        tasks.spawn(listen(self.clone(), stopped.clone()));
        tasks.spawn(schedule(self.clone(), stopped.clone()));
        tasks.spawn(write_rejections(self.clone(), stopped.clone()));
        tasks.spawn(housekeeping::keep(self.clone(), stopped));
        Workers { hub: self.clone(), stop, tasks, _alone: alone }
    }

    async fn end_all_claims(&self) -> Result<()> {
        let mut tx = self.db.begin().await?;
        let ended = table::end_all_claims(&mut tx, self.clock().now()).await?;
        tx.commit().await?;
        if ended > 0 {
            tracing::info!(jobs = ended, "jobs that were cut off run again");
        }
        Ok(())
    }

    /// Hands back what this process has claimed, so that nobody waits for its leases to end.
    async fn hand_back_claims(&self) -> Result<u64> {
        let mut tx = self.db.begin().await?;
        let given_back = table::give_back(&mut tx, &self.holder, self.clock().now()).await?;
        tx.announce_job().await?;
        tx.commit().await?;
        Ok(given_back)
    }
}

impl Workers {
    /// Takes no new job, and waits until those under way are done, not longer than nine seconds; what is cut off is handed back.
    pub async fn stop(mut self) {
        self.stop.send_replace(true);
        let all = async { while self.tasks.join_next().await.is_some() {} };
        if tokio::time::timeout(DRAIN, all).await.is_ok() {
            return;
        }
        self.tasks.abort_all();
        match tokio::time::timeout(GIVE_BACK, self.hub.hand_back_claims()).await {
            Ok(Ok(jobs)) => tracing::warn!(jobs, "jobs were cut off; they run again elsewhere, or after the next start"),
            Ok(Err(_)) | Err(_) => tracing::warn!("jobs were cut off; they run again after their leases end"),
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

impl Hub {
    /// Waits until there is something to claim. It looks without a claim: one that finds nothing would keep those who write waiting.
    async fn wait_for_work(&self, only_analyses: bool, mut stopped: watch::Receiver<bool>) {
        // A job that is due and could not be claimed is being claimed by another server.
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
        match self.next_job(only_analyses, now).await {
            Ok(due) => due.map_or(POLL_EVERY, |due| due.since(now).min(POLL_EVERY)),
            Err(_) => POLL_EVERY,
        }
    }
}

/// Passes on the rings of other servers on the same database.
async fn listen(hub: Hub, mut stopped: watch::Receiver<bool>) {
    while !*stopped.borrow() {
        match hub.db.job_listener().await {
            Ok(None) => return,
            Ok(Some(mut listener)) => loop {
                tokio::select! {
                    heard = listener.recv() => match heard {
                        Ok(()) => hub.notifier.notify(),
                        Err(error) => { tracing::warn!(error = chain(&error), "no longer hears other servers"); break }
                    },
                    _ = stopped.wait_for(|stop| *stop) => return,
                }
            },
            Err(error) => tracing::warn!(error = chain(&error), "does not hear other servers"),
        }
        tokio::time::sleep(PAUSE_AFTER_ERROR).await;
    }
}

async fn schedule(hub: Hub, mut stopped: watch::Receiver<bool>) {
    while !*stopped.borrow() {
        if let Err(error) = hub.schedule_connections().await {
            tracing::warn!(error = chain(&error), "could not look at the hours of connections");
        }
        let _ = tokio::time::timeout(SCHEDULE_EVERY, stopped.wait_for(|stop| *stop)).await;
    }
}

async fn write_rejections(hub: Hub, mut stopped: watch::Receiver<bool>) {
    while !*stopped.borrow() {
        if let Err(error) = hub.write_rejections().await {
            tracing::warn!(error = chain(&error), "could not write refused requests to the audit log");
        }
        let _ = tokio::time::timeout(WRITE_REFUSALS_EVERY, stopped.wait_for(|stop| *stop)).await;
    }
}
