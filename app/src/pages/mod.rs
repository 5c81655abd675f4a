mod account;
mod auth;
mod connections;
mod contracts;
mod layout;
mod messages;
mod page;
mod prelude;
mod request;
mod routes;

pub(crate) use page::RenderedPage;
pub(crate) use request::{Address, path, query};
pub use routes::{ASK_TO_CONNECT, NOT_FOUND, ROUTES, Route};
