//! Middleware. `router.rs` defines the order of the layers.

pub mod authorization;
pub mod client_address;
pub mod detach;
pub mod error_page;
pub mod headers;
pub mod host;
pub mod idempotency;
pub mod origin;
pub mod panics;
pub mod rejections;
pub mod request_body;
pub mod request_log;
pub mod tenant_limits;
pub mod webhook_address;
