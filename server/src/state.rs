//! What every handler may need: the hub, the options of the front end, and the server's own few things.

use crate::{
    limits::tenant_limits::Fairness,
    pages::site,
    process::{readiness::Readiness, telemetry},
};
use axum::extract::FromRef;
use leptos::config::LeptosOptions;
use lexicontract::{domain::ids::ConnectionId, hub::Hub, rate_limit::RateLimit};
use metrics_exporter_prometheus::PrometheusHandle;
use std::{net::IpAddr, ops::Deref, sync::Arc, time::Duration};
use tokio_util::task::TaskTracker;

/// How long `/readyz` waits for the file storage: a slow one must not make a load balancer give up on the server.
const STORAGE_TIMEOUT: Duration = Duration::from_millis(500);
/// How long the answer of the file storage is used: asking a bucket costs money.
const STORAGE_ANSWER_HOLDS: Duration = Duration::from_secs(30);

/// The state of the router. Every layer and handler clones it, so that is counting one reference.
#[derive(Clone)]
pub struct AppState(Arc<Parts>);

/// What every handler may need.
pub struct Parts {
    /// All behaviour.
    pub hub: Hub,
    /// Where the front end lies, and how its files are called.
    pub leptos_options: LeptosOptions,
    /// Wrong webhook secrets, by network.
    pub wrong_secrets: RateLimit<IpAddr>,
    /// Hints about webhook secrets that were pasted with something beside them, by connection.
    pub pasted_secrets: RateLimit<ConnectionId>,
    /// Each organization's share.
    pub fairness: Fairness,
    /// Whether deliveries can be taken.
    pub readiness: Readiness,
    /// Whether the file storage answers.
    pub storage_readiness: Readiness,
    /// Requests under way, which a shutdown waits for.
    pub requests: TaskTracker,
    /// What has been counted.
    pub metrics: PrometheusHandle,
}

impl AppState {
    /// The state around a hub.
    pub fn new(hub: Hub) -> Self {
        let config = hub.config();
        Self(Arc::new(Parts {
            leptos_options: site::leptos_options(config),
            wrong_secrets: RateLimit::new(30, Duration::from_secs(60), config.rate_limit_factor),
            pasted_secrets: RateLimit::new(1, Duration::from_secs(3_600), 1.0),
            fairness: Fairness::new(config.rate_limit_factor),
            readiness: Readiness::default(),
            storage_readiness: Readiness::new(STORAGE_TIMEOUT, STORAGE_ANSWER_HOLDS),
            requests: TaskTracker::new(),
            metrics: telemetry::metrics(),
            hub,
        }))
    }
}

impl Deref for AppState {
    type Target = Parts;

    fn deref(&self) -> &Parts {
        &self.0
    }
}

impl FromRef<AppState> for Hub {
    fn from_ref(state: &AppState) -> Self {
        state.hub.clone()
    }
}

impl FromRef<AppState> for LeptosOptions {
    fn from_ref(state: &AppState) -> Self {
        state.leptos_options.clone()
    }
}
