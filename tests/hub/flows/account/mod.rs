//! Organizations, users and their limits.

mod api_tokens;
mod erasure;
mod fixed_limits;
mod organization;
mod quotas;
mod sessions;
