//! Opportunities as deals: reads Opportunities and their files, and writes the status.

pub(super) mod describe;
pub(super) mod files;
pub(super) mod opportunity;
pub(super) mod reconciliation;
pub(super) mod schema;
pub(super) mod write;
