//! Logs on standard error and counters for Prometheus.

use metrics_exporter_prometheus::{PrometheusBuilder, PrometheusHandle};
use std::{io::IsTerminal, sync::OnceLock, time::Duration};
use tracing_subscriber::{EnvFilter, layer::SubscriberExt, util::SubscriberInitExt};

/// How often old samples are folded together.
const UPKEEP_EVERY: Duration = Duration::from_secs(5);
/// The bounds of the latency histogram, in seconds.
const LATENCY_BUCKETS: [f64; 11] = [0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 5.0, 30.0];

/// How log lines look.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LogFormat {
    /// For people.
    Text,
    /// One JSON object a line.
    Json,
}

impl LogFormat {
    /// What `LOG_FORMAT` asks for.
    ///
    /// # Errors
    /// It is neither of the two.
    pub fn parse(value: Option<&str>) -> Result<Self, String> {
        match value.map(str::trim).unwrap_or_default().to_ascii_lowercase().as_str() {
            "" | "text" => Ok(Self::Text),
            "json" => Ok(Self::Json),
            other => Err(format!("`LOG_FORMAT` must be `text` or `json`, but is `{other}`.")),
        }
    }
}

/// Starts logging; `filter` is `RUST_LOG`. A second call changes nothing.
///
/// # Errors
/// The filter cannot be understood.
pub fn start_logging(format: LogFormat, filter: Option<&str>) -> Result<(), String> {
    let filter = filter.map(str::trim).filter(|filter| !filter.is_empty()).unwrap_or("info");
    let filter = EnvFilter::try_new(filter)
        .map_err(|_| format!("`RUST_LOG` must be a filter such as `info` or `info,lexicontract=debug`, but is `{filter}`."))?;
    let layer = tracing_subscriber::fmt::layer().with_writer(std::io::stderr).with_ansi(std::io::stderr().is_terminal());
    let registry = tracing_subscriber::registry().with(filter);
    let started = match format {
        LogFormat::Text => registry.with(layer.with_target(false)).try_init(),
        LogFormat::Json => registry.with(layer.json().flatten_event(true)).try_init(),
    };
    drop(started);
    Ok(())
}

/// The recorder that every `metrics` macro of the process writes to, installed on the first call.
pub fn metrics() -> PrometheusHandle {
    static HANDLE: OnceLock<PrometheusHandle> = OnceLock::new();
    HANDLE.get_or_init(install_recorder).clone()
}

fn install_recorder() -> PrometheusHandle {
    let builder = PrometheusBuilder::new().set_buckets(&LATENCY_BUCKETS).expect("the list of bounds is not empty");
    let recorder = builder.build_recorder();
    let handle = recorder.handle();
    drop(metrics::set_global_recorder(recorder));
    handle
}

/// Keeps the recorder's memory bounded; runs until it is dropped.
pub async fn upkeep(handle: PrometheusHandle) {
    let mut ticks = tokio::time::interval(UPKEEP_EVERY);
    loop {
        ticks.tick().await;
        handle.run_upkeep();
    }
}
