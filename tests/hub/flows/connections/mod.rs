//! Connections: authorization, token refreshes, health, scheduled jobs and reconciliation.

mod api_keys;
mod confirmation;
mod connect_links;
mod disconnect;
mod dry_run;
mod error_rules;
mod fact_sheet;
mod grants;
mod health;
mod oauth;
pub(crate) mod polling;
mod polling_faults;
mod reconciliation;
mod refresh_processes;
mod refused_calls;
mod scheduler;
mod sessions;
mod settings;
mod tenant_isolation;
mod token_refresh;
