//! Users, organizations, quotas, sign-in, cookies, audit log.

mod accounts;
mod audit;
mod cookies;
mod delete_command;
mod idempotency;
mod organization;
mod quotas;
mod rate_limits;
mod sign_in_memory;
