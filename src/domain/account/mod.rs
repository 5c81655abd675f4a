//! Organizations, users and quotas.

pub mod organization;
pub mod quota;
pub mod users;
