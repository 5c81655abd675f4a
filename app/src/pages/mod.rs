//! The pages: rendered on the server from what the hub says. One page, one file.

mod messages;
mod page;
mod refused;
mod request;
mod routes;
mod still;

mod appearance;
mod entrance;
mod layout;
mod not_found;
mod unfinished;

mod app_guide;
mod ask_to_connect;
mod connect;
mod connection;
mod connection_health;
mod connection_settings;
mod connection_setup;
mod connection_state;
mod connection_test;
mod connection_webhook;
mod connection_work;
mod disconnect;
mod dry_run;
mod integration_card;
mod integrations;
mod pending_connection;
mod receipt;
mod reconnect;
mod settings_overtaken;

mod compare;
mod contract;
mod contract_analysis;
mod contract_facts;
mod contract_history;
mod contract_of_record;
mod contract_status;
mod contract_text;
mod contract_versions;
mod contracts;
mod contracts_list;

mod account;
mod audit;
mod settings;
mod team;
mod tokens;

pub(crate) use page::Made;
pub(crate) use request::Address;
pub use routes::{ASK_TO_CONNECT, NOT_FOUND, ROUTES, Route};
