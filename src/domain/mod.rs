//! Data and rules of the product, without I/O and without a clock.
//!
//! Compiles to WebAssembly: islands, pages and the HTTP API speak in these types. None of them can hold a credential.

pub mod ids;

pub mod catalogue;
mod check;
pub mod connect_failure;
pub mod connection;
pub mod delivery;
pub mod disconnection;
pub mod setup;
pub mod standing;
pub mod upkeep;

pub mod analysis;
pub mod comparison;
pub mod contract;
pub mod link;
pub mod record;
pub mod timeline;

pub mod audit;
pub mod compatibility;
pub mod deal;
pub mod deal_schema;
pub mod dry_run;
pub mod file_choice;
pub mod file_name;
pub mod file_rule;
pub mod file_type;
pub mod organization;
pub mod people;

pub mod operator_warning;

mod invalid;
pub mod page;
pub mod problem;
pub mod quota;
pub mod search_key;
pub mod terms;
pub mod time;
