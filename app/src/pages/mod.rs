//! The pages: rendered on the server from what the hub says. One page, one file.

mod app;
mod messages;
mod page;
mod request;

mod entrance;
mod layout;
mod not_found;

mod connect;
mod connection;
mod connection_setup;
mod connection_webhook;
mod disconnect;
mod integrations;
mod reconnect;

mod contract;
mod contract_analysis;
mod contract_history;
mod contract_versions;
mod contracts;

mod team;
mod tokens;

pub use app::{App, routes};
