//! The web interface: pages that the server renders, and islands that are hydrated in the browser.
//!
//! This crate is built twice. The feature `ssr` builds all modules for the server. The feature `hydrate` builds only the modules
//! that have no `cfg` attribute, for the browser.

/// Like `view!`, but returns an `AnyView`, so that the types of nested views stay small.
macro_rules! any_view {
    ($($view:tt)*) => {
        leptos::prelude::view! { $($view)* }.into_any()
    };
}

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
mod backlog_query;
#[cfg(feature = "ssr")]
pub mod connect_link;
#[cfg(feature = "ssr")]
pub mod context;
#[cfg(feature = "ssr")]
mod contract_query;
#[cfg(feature = "ssr")]
pub mod cookies;
#[cfg(feature = "ssr")]
mod delivery_query;
#[cfg(feature = "ssr")]
mod document;
#[cfg(feature = "ssr")]
mod error_page;
#[cfg(feature = "ssr")]
mod fact_sheet;
#[cfg(feature = "ssr")]
mod fingerprint;
#[cfg(feature = "ssr")]
mod flash;
#[cfg(feature = "ssr")]
pub mod form_state;
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
#[cfg(feature = "ssr")]
pub use fact_sheet::fact_sheet_document;
pub use fault::Fault;
#[cfg(feature = "ssr")]
pub use pages::{ASK_TO_CONNECT, NOT_FOUND, ROUTES, Route};
