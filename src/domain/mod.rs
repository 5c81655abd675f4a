//! Domain types and rules. They perform no I/O and do not read the clock.
//!
//! This module also compiles to WebAssembly, because islands, pages and the HTTP API share it. No type holds stored credentials.

pub mod account;
pub mod audit;
pub mod compatibility;
pub mod connection;
pub mod contract;
pub mod deal_status;
pub mod delivery;
pub mod delivery_steps;
pub mod file;
pub mod ids;
pub mod operator_warning;
pub mod page;
pub mod problem;
pub mod record;
pub mod search_key;
pub mod time;
