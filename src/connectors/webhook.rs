//! Webhooks that a provider calls, as data of its connector.

use crate::domain::{connection::record::RecordRef, problem::Problem};

/// A way in which a provider calls us.
pub struct WebhookSpec {
    /// Its name in the path.
    pub name: &'static str,
    /// Reads a body that a caller with a valid secret sent.
    pub parse: fn(&[u8]) -> Result<WebhookCall, Problem>,
    /// The first line of the timeline of a delivery that it leads to.
    pub summary: &'static str,
}

/// A call of a webhook: records whose state the caller vouches for.
#[derive(Clone, Debug, PartialEq)]
pub struct WebhookCall {
    /// The account that calls.
    pub account_id: String,
    /// The records, at least one, in the order of the call.
    pub records: Vec<RecordRef>,
    /// Whether the call may hold several, which decides the form of the response.
    pub is_batch: bool,
}
