//! What tests steer the simulator with: JSON below `/control`, without identification.

/// Which organization a call means.
pub mod chosen;
/// Sessions, grants, faults, time, reset.
pub mod events;
/// Attaching files.
pub mod files;
/// Opportunities: making, moving, changing, deleting.
pub mod opportunities;
/// Everything that happened and is there.
pub mod report;
/// The addresses.
pub mod routes;
/// Switches: apps, OAuth, webhook, status field, limits.
pub mod switches;
