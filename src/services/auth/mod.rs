//! Authentication and authorization: sign-in, sessions, passwords, roles, and idempotency of submitted forms.

pub(crate) mod actor;
pub(crate) mod authorization;
pub(crate) mod client;
pub(crate) mod idempotency;
pub(crate) mod known_browser;
pub(crate) mod password_hashing;
pub(crate) mod passwords;
pub(crate) mod sealed_cookies;
pub(crate) mod session_cache;
pub(crate) mod sign_in;
pub(crate) mod sign_in_limits;
