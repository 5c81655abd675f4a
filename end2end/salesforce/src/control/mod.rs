//! The control API for tests. Its endpoints are below `/control`, use JSON, and require no authentication.

pub mod chosen;
pub mod creation;
pub mod events;
pub mod files;
pub mod opportunities;
pub mod outbound;
pub mod report;
pub mod routes;
pub mod switches;
