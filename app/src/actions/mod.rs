//! The targets of the pages' forms: server functions that change something and end in a redirect.
//!
//! A form that a browser posts ends on a page of our own, with the outcome as a code in its address. A caller that asks for
//! JSON gets the outcome itself. Each action is public: who may do what is decided by the hub.

mod ending;
mod fields;
mod registry;

mod auth;

mod connections;
mod webhook;

mod contracts;

mod account;
mod organization;
mod theme;
mod tokens;
mod users;

pub(crate) use connections::SettingsForm;
pub(crate) use ending::answer;
pub use fields::{FORM_ID, check, is_server_function};
pub use registry::register_all;
