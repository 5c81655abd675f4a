//! Logging to standard error, and Prometheus metrics.

use metrics_exporter_prometheus::{PrometheusBuilder, PrometheusHandle};
use std::io::{IsTerminal, stderr};
use std::sync::OnceLock;
use std::time::Duration;
use tracing_subscriber::EnvFilter;
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;

const UPKEEP_INTERVAL: Duration = Duration::from_secs(5);
/// Bucket bounds of the latency histogram, in seconds.
const LATENCY_BUCKETS: [f64; 11] = [0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 5.0, 30.0];

/// Starts logging. `format` is the value of `LOG_FORMAT`, `filter` is the value of `RUST_LOG`. A second call has no effect.
pub fn start_logging(format: Option<&str>, filter: Option<&str>) -> Result<(), String> {
    let is_json = match format.map(str::trim).unwrap_or_default().to_ascii_lowercase().as_str() {
        "" | "text" => false,
        "json" => true,
        other => return Err(format!("`LOG_FORMAT` must be `text` or `json`, but is `{other}`.")),
    };
    let filter = filter.map(str::trim).filter(|filter| !filter.is_empty()).unwrap_or("info");
    let filter = EnvFilter::try_new(filter)
        .map_err(|_| format!("`RUST_LOG` must be a filter such as `info` or `info,lexicontract=debug`, but is `{filter}`."))?;
    let layer = tracing_subscriber::fmt::layer().with_writer(stderr).with_ansi(stderr().is_terminal());
    let registry = tracing_subscriber::registry().with(filter);
    drop(match is_json {
        true => registry.with(layer.json().flatten_event(true)).try_init(),
        false => registry.with(layer.with_target(false)).try_init(),
    });
    Ok(())
}

/// Handle to the global metrics recorder. The first call installs the recorder.
pub fn metrics() -> PrometheusHandle {
    static HANDLE: OnceLock<PrometheusHandle> = OnceLock::new();
    let install = || {
        let builder = PrometheusBuilder::new().set_buckets(&LATENCY_BUCKETS).expect("the list of bounds is not empty");
        let recorder = builder.build_recorder();
        let handle = recorder.handle();
        drop(metrics::set_global_recorder(recorder));
        handle
    };
    HANDLE.get_or_init(install).clone()
}

/// Aggregates old samples periodically, so that the recorder's memory stays bounded. Never completes.
pub async fn upkeep(handle: PrometheusHandle) {
    let mut ticks = tokio::time::interval(UPKEEP_INTERVAL);
    loop {
        ticks.tick().await;
        handle.run_upkeep();
    }
}
