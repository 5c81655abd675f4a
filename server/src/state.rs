//! State that layers and handlers share.

use crate::{
    limits::tenant_limits::TenantLimits,
    pages::site,
    process::{readiness::Readiness, telemetry},
};
use axum::extract::FromRef;
use leptos::config::LeptosOptions;
use lexicontract::{domain::ids::ConnectionId, hub::Hub, rate_limit::RateLimit};
use metrics_exporter_prometheus::PrometheusHandle;
use std::{net::IpAddr, ops::Deref, sync::Arc, time::Duration};
use tokio_util::task::TaskTracker;

/// Time limit for the check of the file storage in `/readyz`.
const STORAGE_TIMEOUT: Duration = Duration::from_millis(500);
/// Time to live of the result of the file storage check. It is longer than for the database, because requests to a bucket cost
/// money.
const STORAGE_TIME_TO_LIVE: Duration = Duration::from_secs(30);

/// The state of the router. Cloning it increments a reference count.
#[derive(Clone)]
pub struct AppState(Arc<Parts>);

pub struct Parts {
    pub hub: Hub,
    pub leptos_options: LeptosOptions,
    /// Rate limit for wrong webhook secrets, per client network.
    pub wrong_secrets: RateLimit<IpAddr>,
    /// Rate limit for log lines about webhook secrets with extra characters, per connection.
    pub pasted_secrets: RateLimit<ConnectionId>,
    pub tenant_limits: TenantLimits,
    /// Cached check of whether the database accepts writes.
    pub readiness: Readiness,
    pub storage_readiness: Readiness,
    /// Requests in progress. A shutdown waits for them.
    pub requests: TaskTracker,
    pub metrics: PrometheusHandle,
}

impl AppState {
    pub fn new(hub: Hub) -> Self {
        let config = hub.config();
        Self(Arc::new(Parts {
            leptos_options: site::leptos_options(config),
            wrong_secrets: RateLimit::new(30, Duration::from_secs(60), config.rate_limit_factor),
            pasted_secrets: RateLimit::new(1, Duration::from_secs(3_600), 1.0),
            tenant_limits: TenantLimits::new(config.rate_limit_factor),
            readiness: Readiness::default(),
            storage_readiness: Readiness::new(STORAGE_TIMEOUT, STORAGE_TIME_TO_LIVE),
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
