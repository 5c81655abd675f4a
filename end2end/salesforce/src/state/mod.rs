//! What one organization holds.

/// Faults that tests order.
pub mod faults;
/// Files and attachments.
pub mod files;
/// What happened: requests, webhook calls, writes, revocations.
pub mod logs;
/// Opportunities: making, changing, listing.
pub mod opportunities;
/// The organization itself: settings, records, tokens and logs behind one lock.
pub mod organization;
/// The rows of every type, and the bytes of files.
pub mod records;
/// The types of records and their fields.
pub mod schema;
/// What a fresh organization holds.
pub mod seed;
