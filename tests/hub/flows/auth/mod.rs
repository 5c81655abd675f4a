//! Authentication and authorization of users.

use super::fixture;

mod authorization;
mod idempotency;
mod passwords;
mod sealed_cookies;
mod sign_in;
