//! The process: command line, listening sockets, shutdown, logs, metrics, readiness.

pub mod cli;
pub mod commands;
pub mod metrics;
mod progress;
pub mod readiness;
pub mod serve;
pub mod telemetry;
