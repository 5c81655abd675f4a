//! Authentication and authorization of users.

mod authorization;
mod idempotency;
mod passwords;
mod sealed_cookies;
mod sign_in;
