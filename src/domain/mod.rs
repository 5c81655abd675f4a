//! Data and rules of the product, without I/O and without a clock.
//!
//! Compiles to WebAssembly: islands, pages and the HTTP API speak in these types. None of them can hold a credential.

pub mod account;
pub mod file;
pub mod ids;

pub mod connection;
pub mod delivery;

pub mod contract;

pub mod audit;
pub mod compatibility;

pub mod operator_warning;

pub mod page;
pub mod problem;
pub mod search_key;
pub mod time;
