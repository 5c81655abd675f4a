//! Wakes a worker as soon as a job is committed. Workers also poll, in case a notification is lost.

use std::{sync::Arc, time::Duration};
use tokio::sync::{Notify, watch};

/// Notifies the workers of this process.
#[derive(Clone, Debug, Default)]
pub struct Notifier {
    jobs: Arc<Notify>,
    analyses: Arc<Notify>,
    queued_analyses: Arc<watch::Sender<()>>,
}

impl Notifier {
    /// Wakes one idle worker for analyses and one for other jobs. If no worker is idle, the notification is kept until a worker
    /// waits, so that a job that is committed during a claim is not missed.
    pub fn notify(&self) {
        self.notify_jobs();
        self.notify_analyses();
    }

    /// Like [`Self::notify`], for jobs other than analyses only.
    pub(crate) fn notify_jobs(&self) {
        self.jobs.notify_one();
    }

    /// Like [`Self::notify`], for analyses only.
    pub(crate) fn notify_analyses(&self) {
        self.analyses.notify_one();
        self.queued_analyses.send_replace(());
    }

    /// A receiver that is marked as changed whenever an analysis may have been queued.
    pub(super) fn queued_analyses(&self) -> watch::Receiver<()> {
        self.queued_analyses.subscribe()
    }

    /// Wakes another idle worker of the same kind. A worker calls this after a claim, because one notification can stand for
    /// several jobs.
    pub(super) fn pass_on(&self, for_analyses: bool) {
        self.worker_kind(for_analyses).notify_one();
    }

    /// Waits for a notification, at most for `timeout`.
    pub(super) async fn wait(&self, for_analyses: bool, timeout: Duration) {
        let _ = tokio::time::timeout(timeout, self.worker_kind(for_analyses).notified()).await;
    }

    fn worker_kind(&self, for_analyses: bool) -> &Notify {
        if for_analyses { &self.analyses } else { &self.jobs }
    }
}
