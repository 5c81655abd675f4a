//! Organizations, users and their limits.

use super::fixture;

mod api_tokens;
mod fixed_limits;
mod organization;
mod quotas;
mod sessions;
