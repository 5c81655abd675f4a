//! The integrations board and the pages of a connection.

pub(crate) mod app_guide;
pub(crate) mod ask_to_connect;
pub(crate) mod card;
pub(crate) mod connect;
pub(crate) mod connection;
pub(crate) mod disconnect;
pub(crate) mod dry_run;
pub(crate) mod health;
pub(crate) mod integrations;
pub(crate) mod pending_connection;
pub(crate) mod receipt;
pub(crate) mod reconciliation;
pub(crate) mod reconnect;
pub(crate) mod settings;
pub(crate) mod settings_conflict;
pub(crate) mod setup;
pub(crate) mod test;
pub(crate) mod webhook;
pub(crate) mod work;
