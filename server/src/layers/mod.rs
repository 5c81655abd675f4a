//! Middleware, one layer per file. `router.rs` defines their order.

pub mod authorization;
pub mod client_address;
pub mod detach;
pub mod error_page;
pub mod headers;
pub mod host;
pub mod idempotency;
pub mod origin;
pub mod panics;
pub mod rejected_form;
pub mod request_log;
pub mod webhook_address;
