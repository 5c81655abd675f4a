//! The data API.

/// The bytes of files.
pub mod bytes;
/// Which changes of a record are allowed.
pub mod changes;
/// Several records in one call.
pub mod collections;
/// Queries with more than one page.
pub mod cursors;
/// What a type looks like.
pub mod describe;
/// The answers that report an error.
pub mod errors;
/// Queries.
pub mod query;
/// Single records.
pub mod records;
/// The addresses.
pub mod routes;
/// Sessions and headers around every call.
pub mod session;
/// Versions of the API.
pub mod versions;
