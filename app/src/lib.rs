//! What people see: pages that the server renders, and the few islands that come alive in the browser.
//!
//! Built twice. For the server with feature `ssr`: everything. For the browser with feature `hydrate`: the first four
//! modules, so that nothing of a page, a service or a database can reach WebAssembly.

pub mod auto_refresh;
pub mod islands;
pub mod parts;
pub mod text;

mod fault;

#[cfg(feature = "ssr")]
pub mod actions;
#[cfg(feature = "ssr")]
pub mod audit_query;
#[cfg(feature = "ssr")]
pub mod context;
#[cfg(feature = "ssr")]
mod contract_query;
#[cfg(feature = "ssr")]
pub mod cookies;
#[cfg(feature = "ssr")]
mod dialogs;
#[cfg(feature = "ssr")]
mod document;
#[cfg(feature = "ssr")]
mod error_page;
#[cfg(feature = "ssr")]
mod fingerprint;
#[cfg(feature = "ssr")]
pub mod flash;
#[cfg(feature = "ssr")]
mod pages;
#[cfg(feature = "ssr")]
pub mod policy;
#[cfg(feature = "ssr")]
pub mod saved_form;
#[cfg(feature = "ssr")]
pub mod session;
#[cfg(feature = "ssr")]
mod shell;
#[cfg(feature = "ssr")]
mod theme;

#[cfg(feature = "ssr")]
pub use document::document;
#[cfg(feature = "ssr")]
pub use error_page::{ERROR_PAGE_POLICY, error_page};
pub use fault::Fault;
#[cfg(feature = "ssr")]
pub use pages::{ASK_TO_CONNECT, NOT_FOUND, ROUTES, Route};
