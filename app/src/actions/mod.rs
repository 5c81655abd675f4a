//! Actions are the server functions that receive submitted forms.
//!
//! An action redirects a browser to a page. The address of the page contains a code for the outcome. A client that does not
//! accept HTML receives the outcome in the response. Actions are public endpoints, so the hub authorizes each call.

mod account;
mod auth;
mod backlog;
mod connect_links;
mod connections;
mod contracts;
mod fields;
mod organization;
mod outcome;
mod registry;
mod settings_form;
mod theme;
mod tokens;
mod users;
mod webhook;

pub use fields::{FORM_ID, check, is_server_function};
pub(crate) use outcome::answer;
pub use registry::register_all;
pub(crate) use settings_form::SettingsForm;
