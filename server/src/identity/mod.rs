//! Identification of callers by session cookie, API token or webhook secret.

pub mod audience;
pub mod authentication;
pub(crate) mod pasted_secret;
