//! State that layers and handlers share.

use crate::limits::tenant_limits::TenantLimits;
use crate::pages::site;
use crate::process::readiness::Readiness;
use crate::process::telemetry;
use axum::extract::FromRef;
use leptos::config::LeptosOptions;
use lexicontract::domain::ids::ConnectionId;
use lexicontract::hub::Hub;
use lexicontract::rate_limit::RateLimit;
use metrics_exporter_prometheus::PrometheusHandle;
use std::net::IpAddr;
use std::ops::Deref;
use std::sync::Arc;
use std::time::Duration;
use tokio_util::task::TaskTracker;

const STORAGE_TIMEOUT: Duration = Duration::from_millis(500);
/// Time to live of the storage check. This time is longer than for the database check, because requests to a bucket cost money.
const STORAGE_TIME_TO_LIVE: Duration = Duration::from_secs(30);

#[derive(Clone)]
pub struct AppState(Arc<Parts>);

pub struct Parts {
    pub hub: Hub,
    pub leptos_options: LeptosOptions,
    /// Limits wrong webhook secrets per client network.
    pub wrong_secrets: RateLimit<IpAddr>,
    /// Limits log lines per connection about webhook secrets with extra characters.
    pub pasted_secrets: RateLimit<ConnectionId>,
    pub tenant_limits: TenantLimits,
    pub readiness: Readiness,
    pub storage_readiness: Readiness,
    /// Requests in progress, for which a shutdown waits.
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
