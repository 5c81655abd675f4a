//! A local Salesforce simulator for tests and demonstrations. It simulates OAuth, the REST API, files and an Apex trigger.

pub mod clock;
pub mod control;
pub mod ids;
pub mod listener;
pub mod oauth;
pub mod options;
pub mod other_crms;
pub mod outbound;
pub mod page;
mod random;
pub mod rest;
pub mod samples;
pub mod simulator;
pub mod soql;
pub mod state;
mod tamper;
pub mod trigger;
pub mod wire;

pub use options::Options;
pub use simulator::Simulator;
