//! The integrations board and the pages of a connection.

mod board;
mod card;
pub(super) mod connect;
pub(super) mod connection;
pub mod consent;
mod data;
pub(super) mod disconnect;
pub(super) mod dry_run;
mod health;
pub(super) mod integrations;
mod receipt;
mod reconciliation;
pub(super) mod reconnect;
pub(super) mod settings;
mod settings_conflict;
mod setup;
mod test;
mod webhook;
mod work;
