//! The CRM integration framework of LexiContract AI, without the HTTP server and the pages.
//!
//! - [`domain`]: data and rules, the only part that also runs in the browser
//! - `hub` and `services`: the application facade and its services
//! - `jobs`: durable background jobs
//! - `connectors`: clients for the providers' APIs
//! - `db`: the database layer, with one file per table
//! - `files`, `clamd`, `llm`: storage for documents, virus scanner client, language model client
//! - `vault`, `audit_chain`, `hardening`: encrypted credentials, tamper-evident audit log, protection of the process
//! - `config`, `secret`, `clock`, `random`, `rate_limit`, `request_context`: shared code

pub mod domain;

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
pub mod llm;
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
