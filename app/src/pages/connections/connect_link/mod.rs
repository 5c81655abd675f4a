//! The pages of connect links: for the admin who creates them, and for the visitor who opens one.

pub(crate) mod create;
mod result;
pub(crate) mod visit;
