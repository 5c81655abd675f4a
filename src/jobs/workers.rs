//! The workers of this process.

use crate::{
    db::jobs as table,
    hub::{Hub, Result, chain},
};
use std::time::Duration;
use tokio::{sync::watch, task::JoinSet};

/// How many jobs that mostly wait for others run at once.
const WORKERS: usize = 6;
/// How many analyses run at once: each keeps a processor busy.
const ANALYSTS: usize = 1;
/// The longest that a job waits for a ring that got lost.
const POLL_EVERY: Duration = Duration::from_secs(2);
/// How long a worker leaves a database alone that does not answer.
const PAUSE_AFTER_ERROR: Duration = Duration::from_secs(1);
/// How often what has expired is removed.
const CLEAN_EVERY: Duration = Duration::from_secs(10 * 60);
/// How often the hours of connections are looked at.
const SCHEDULE_EVERY: Duration = Duration::from_secs(60);
/// How long jobs under way may take to finish when the process ends; what is cut off runs again elsewhere.
const DRAIN: Duration = Duration::from_secs(8);

/// The running workers.
pub struct Workers {
    stop: watch::Sender<bool>,
    tasks: JoinSet<()>,
}

impl Hub {
    /// Starts the background workers.
    pub fn start_workers(&self) -> Workers {
        let (stop, stopped) = watch::channel(false);
        let mut tasks = JoinSet::new();
        for number in 0..WORKERS + ANALYSTS {
            tasks.spawn(work(self.clone(), number >= WORKERS, stopped.clone()));
        }
        tasks.spawn(listen(self.clone(), stopped.clone()));
        tasks.spawn(clean(self.clone(), stopped.clone()));
        tasks.spawn(schedule(self.clone(), stopped));
        Workers { stop, tasks }
    }
}

impl Workers {
    /// Takes no new job, and waits until those under way are done, not longer than eight seconds.
    pub async fn stop(mut self) {
        self.stop.send_replace(true);
        let all = async { while self.tasks.join_next().await.is_some() {} };
        if tokio::time::timeout(DRAIN, all).await.is_err() {
            tracing::warn!("jobs were cut off; they run again after their lease ends");
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
    async fn wait_for_work(&self, only_analyses: bool, mut stopped: watch::Receiver<bool>) {
        let pause = self.until_next_job().await.unwrap_or(POLL_EVERY);
        tokio::select! {
            () = self.wake.wait(only_analyses, pause) => {}
            _ = stopped.wait_for(|stop| *stop) => {}
        }
    }

    async fn until_next_job(&self) -> Result<Duration> {
        let mut tx = self.db.glance().await?;
        let due = table::next_due(&mut tx).await?;
        let now = self.clock().now();
        Ok(due.map_or(POLL_EVERY, |due| due.since(now).clamp(Duration::from_millis(50), POLL_EVERY)))
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
                        Ok(_) => hub.wake.wake(),
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

async fn clean(hub: Hub, mut stopped: watch::Receiver<bool>) {
    while !*stopped.borrow() {
        if let Err(error) = hub.remove_expired().await {
            tracing::warn!(error = chain(&error), "could not remove what has expired");
        }
        let _ = tokio::time::timeout(CLEAN_EVERY, stopped.wait_for(|stop| *stop)).await;
    }
}

async fn schedule(hub: Hub, mut stopped: watch::Receiver<bool>) {
    while !*stopped.borrow() {
        if let Err(error) = hub.schedule_upkeep().await {
            tracing::warn!(error = chain(&error), "could not look at the hours of connections");
        }
        let _ = tokio::time::timeout(SCHEDULE_EVERY, stopped.wait_for(|stop| *stop)).await;
    }
}
