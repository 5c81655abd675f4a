//! What every handler may need: the hub, the options of the front end, and the server's own few things.

use crate::{site, telemetry, throttle::Throttles};
use axum::extract::FromRef;
use leptos::config::LeptosOptions;
use lexicontract::hub::Hub;
use metrics_exporter_prometheus::PrometheusHandle;
use std::sync::Arc;
use tokio_util::task::TaskTracker;

/// The state of the router; cheap to clone.
#[derive(Clone, FromRef)]
pub struct AppState {
    /// All behaviour.
    pub hub: Hub,
    /// Where the front end lies, and how its files are called.
    pub leptos_options: LeptosOptions,
    /// Allowances by client address and account.
    pub throttles: Arc<Throttles>,
    /// Requests under way, which a shutdown waits for.
    pub requests: TaskTracker,
    /// What has been counted.
    pub metrics: PrometheusHandle,
}

impl AppState {
    /// The state around a hub.
    pub fn new(hub: Hub) -> Self {
        let config = hub.config();
        Self {
            leptos_options: site::leptos_options(config),
            throttles: Arc::new(Throttles::new(config.rate_limit_factor)),
            requests: TaskTracker::new(),
            metrics: telemetry::metrics(),
            hub,
        }
    }
}
