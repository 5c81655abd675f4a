//! Wakes the workers of this process when a job is committed. Workers also poll, in case a notification is lost.

use std::sync::Arc;
use std::time::Duration;
use tokio::sync::{Notify, watch};

#[derive(Clone, Debug, Default)]
pub struct Notifier {
    jobs: Arc<Notify>,
    analyses: Arc<Notify>,
    queued_analyses: Arc<watch::Sender<()>>,
}

impl Notifier {
    /// Wakes one idle worker for analyses and one idle worker for other jobs. If all workers are busy, the next worker that
    /// becomes idle wakes immediately. A job that is committed while a worker tries to claim a job is therefore not missed.
    pub fn notify(&self) {
        self.notify_jobs();
        self.notify_analyses();
    }

    pub(crate) fn notify_jobs(&self) {
        self.jobs.notify_one();
    }

    pub(crate) fn notify_analyses(&self) {
        self.analyses.notify_one();
        self.queued_analyses.send_replace(());
    }

    /// Returns a receiver that is marked as changed at each [`Self::notify_analyses`].
    pub(super) fn queued_analyses(&self) -> watch::Receiver<()> {
        self.queued_analyses.subscribe()
    }

    /// Wakes another idle worker of the same kind. Workers call this function after each successful claim, because one
    /// notification can announce several jobs.
    pub(super) fn pass_on(&self, for_analyses: bool) {
        self.worker_kind(for_analyses).notify_one();
    }

    pub(super) async fn wait(&self, for_analyses: bool, timeout: Duration) {
        let _ = tokio::time::timeout(timeout, self.worker_kind(for_analyses).notified()).await;
    }

    fn worker_kind(&self, for_analyses: bool) -> &Notify {
        if for_analyses { &self.analyses } else { &self.jobs }
    }
}
