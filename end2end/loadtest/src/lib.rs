//! Library of the benchmark and the crash tests. Runs the built server with a simulated Salesforce, and sends requests to it.

pub mod account;
pub mod chance;
pub mod latencies;
pub mod load;
pub mod process;
pub mod salesforce;
pub mod server;
pub mod wire;

/// Result of a step. An error aborts the run.
pub type Outcome<T> = Result<T, Box<dyn std::error::Error + Send + Sync>>;
