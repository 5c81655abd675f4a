//! The web server, which reads requests, calls the hub of `lexicontract` (the application facade), and builds responses.
//!
//! - [`router`]: every route and the order of the layers
//! - [`layers`]: middleware; [`limits`]: limits on connections, bodies and concurrency; [`identity`]: identification of callers
//! - [`extract`]: extractors; [`api`]: the HTTP API; [`pages`]: pages and static files
//! - [`process`]: command line, sockets, shutdown, telemetry

pub mod api;
pub mod extract;
pub mod identity;
pub mod layers;
pub mod limits;
pub mod pages;
pub mod process;
pub mod router;
pub mod state;
