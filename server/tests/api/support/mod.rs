//! Test helpers: a server per test, requests, simulators, and processes of the built program.

pub mod call;
pub mod own_process;
pub mod program;
pub mod providers;
pub mod raw_http;
pub mod salesforce;
pub mod server;
pub mod snapshot;
