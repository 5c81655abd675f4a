//! The pages: rendered on the server from what the hub says. One page, one file.

pub mod account;
pub mod connections;
pub mod contracts;
pub mod errors;
mod html_cache;
mod messages;
mod page;
mod request;
mod routes;

mod auth;
mod layout;

pub(crate) use page::Made;
pub(crate) use request::Address;
pub use routes::{ASK_TO_CONNECT, NOT_FOUND, ROUTES, Route};
