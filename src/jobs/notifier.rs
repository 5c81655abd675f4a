//! Wakes a worker as soon as a job is committed; polling is only the safety net.

use std::{sync::Arc, time::Duration};
use tokio::sync::{Notify, watch};

/// The bell of the workers of this process.
#[derive(Clone, Debug, Default)]
pub struct Notifier {
    jobs: Arc<Notify>,
    analyses: Arc<Notify>,
    queued_analyses: Arc<watch::Sender<()>>,
}

impl Notifier {
    /// Rings. A ring that nobody waits for is kept for the next who does, so a job committed during a claim is not missed.
    pub fn notify(&self) {
        self.notify_jobs();
        self.notify_analyses();
    }

    /// Rings for jobs other than analyses.
    pub(crate) fn notify_jobs(&self) {
        self.jobs.notify_one();
    }

    /// Rings for analyses.
    pub(crate) fn notify_analyses(&self) {
        self.analyses.notify_one();
        self.queued_analyses.send_replace(());
    }

    /// Changes whenever an analysis may have been queued, for the analyses that run.
    pub(super) fn queued_analyses(&self) -> watch::Receiver<()> {
        self.queued_analyses.subscribe()
    }

    /// Rings for the next idle worker of the same kind: one ring may stand for many jobs.
    pub(super) fn pass_on(&self, for_analyses: bool) {
        self.bell(for_analyses).notify_one();
    }

    fn bell(&self, for_analyses: bool) -> &Notify {
        if for_analyses { &self.analyses } else { &self.jobs }
    }

    /// Waits for a ring, not longer than `at_most`.
    pub(super) async fn wait(&self, for_analyses: bool, at_most: Duration) {
        let _ = tokio::time::timeout(at_most, self.bell(for_analyses).notified()).await;
    }
}
