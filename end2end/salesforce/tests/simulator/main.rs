//! The simulator as a client, a browser and a test see it: over HTTP.

/// Authorizing and exchanging codes.
mod connecting;
/// Queries, records, descriptions.
mod data;
/// Ordered faults.
#[cfg(test)]
mod faults;
/// Files and their bytes.
mod files;
/// Pipedrive, HubSpot and the page.
mod neighbours;
/// Refreshing, rotating, revoking, introspecting.
mod refreshing;
/// A running simulator and a client for it.
#[cfg(test)]
mod support;
/// The trigger and its webhook.
#[cfg(test)]
mod trigger;
/// Answers whose bytes are tampered with.
mod wire;
