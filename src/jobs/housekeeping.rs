//! Looks regularly whether there is housekeeping to do.

use crate::hub::{Hub, chain};
use std::time::Duration;
use tokio::sync::watch;

/// How often it looks.
const LOOK_EVERY: Duration = Duration::from_secs(60);

/// Runs until it is told to stop.
pub(super) async fn keep(hub: Hub, mut stopped: watch::Receiver<bool>) {
    while !*stopped.borrow() {
        if let Err(error) = hub.run_housekeeping().await {
            tracing::warn!(error = chain(&error), "could not remove what is old");
        }
        drop(tokio::time::timeout(LOOK_EVERY, stopped.wait_for(|stop| *stop)).await);
    }
}
