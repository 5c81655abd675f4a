//! Starts the real server as a process, with a simulated Salesforce, and drives it from outside: what the benchmark and the
//! torture have in common.

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

/// What everything here fails with: the trial cannot go on, and says why.
pub type Outcome<T> = Result<T, Box<dyn std::error::Error + Send + Sync>>;
