//! Starts the built server and a simulated Salesforce as processes, and drives them: shared by the benchmark and the crash tests.

/// An organization that is signed in and connected.
pub mod account;
/// Reproducible chance.
pub mod chance;
/// Percentiles.
pub mod latencies;
/// Requests at full speed, or at a given rate.
pub mod load;
/// What the kernel says about a process.
pub mod process;
/// Opportunities of the simulated Salesforce.
pub mod salesforce;
/// The server as a process.
pub mod server;
/// HTTP/1.1 over one connection, cheap enough not to measure itself.
pub mod wire;

/// The result of every step; an error aborts the run.
pub type Outcome<T> = Result<T, Box<dyn std::error::Error + Send + Sync>>;
