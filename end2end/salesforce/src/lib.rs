//! A Salesforce organization on this machine: OAuth, REST, files and an Apex trigger, for tests and for demonstrations.

/// The time, which tests may move.
pub mod clock;
/// What tests steer the simulator with.
pub mod control;
/// Record ids and their check characters.
pub mod ids;
/// Connections, faults and the request log.
pub mod listener;
/// The OAuth web server flow.
pub mod oauth;
/// What a simulator is started with.
pub mod options;
/// Two small neighbours: Pipedrive and HubSpot.
pub mod other_crms;
/// The page that a person clicks through.
pub mod page;
/// Random text for tokens and codes.
mod random;
/// The data API.
pub mod rest;
/// The documents that a fresh organization holds.
pub mod samples;
/// The two organizations and their listeners.
pub mod simulator;
/// The query language.
pub mod soql;
/// What one organization holds.
pub mod state;
/// Changes of bodies that a test orders.
mod tamper;
/// The Apex trigger and its outgoing call.
pub mod trigger;
/// The bytes of answers, and what a test orders of them.
pub mod wire;

pub use options::Options;
pub use simulator::Simulator;
