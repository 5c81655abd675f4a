//! Who sends a request: session cookie or API token.

pub mod authentication;
pub(crate) mod pasted_secret;
