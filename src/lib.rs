//! The CRM integration framework of LexiContract AI, without the web.
//!
//! - [`domain`]: data and rules; the only part that also runs in the browser
//! - `hardening`: protections of the process, applied before anything else
//! - `config`, `secret`, `clock`, `provenance`, `rate_limit`: what everything else stands on
//! - `vault`: credentials are sealed here before they touch the database
//! - `audit_chain`: what the audit log's hashes cover
//! - `connectors`: how each provider is reached
//! - `analysis`: what a document says
//! - `clamd`: the virus scanner
//! - `db`: one table, one file
//! - `hub` and `services`: what a person or a program can ask for, one file per intention
//! - `jobs`: durable background work

pub mod domain;

#[cfg(feature = "server")]
pub mod analysis;
#[cfg(feature = "server")]
pub mod audit_chain;
#[cfg(feature = "server")]
pub mod clamd;
#[cfg(feature = "server")]
pub mod clock;
#[cfg(feature = "server")]
pub mod config;
#[cfg(feature = "server")]
pub mod connectors;
#[cfg(feature = "server")]
pub mod db;
#[cfg(feature = "server")]
pub mod disk;
#[cfg(feature = "server")]
pub mod fail_points;
#[cfg(feature = "server")]
pub mod files;
#[cfg(feature = "server")]
pub mod hardening;
#[cfg(feature = "server")]
pub mod hub;
#[cfg(feature = "server")]
pub mod jobs;
#[cfg(feature = "server")]
pub mod random;
#[cfg(feature = "server")]
pub mod rate_limit;
#[cfg(feature = "server")]
pub mod request_context;
#[cfg(feature = "server")]
pub mod secret;
#[cfg(feature = "server")]
pub mod services;
#[cfg(feature = "server")]
mod tls;
#[cfg(feature = "server")]
pub mod vault;
