//! The REST API.

pub mod bytes;
pub mod changes;
pub mod collections;
pub mod cursors;
pub mod describe;
pub mod errors;
pub mod query;
pub mod records;
pub mod routes;
pub mod session;
pub mod versions;
