//! Connections: confirmation, connect links, settings, setup package, records of the provider.

mod backlog;
mod by_opportunity;
mod confirmation;
mod connect_links;
mod deliveries;
mod polling;
mod reconciliation;
mod records;
mod settings;
mod setup_package;
