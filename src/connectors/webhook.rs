//! Webhooks that connectors declare as static data.

use crate::domain::problem::Problem;
use crate::domain::record::RecordRef;

pub struct WebhookSpec {
    /// Segment of the URL's path.
    pub name: &'static str,
    /// Parses the body of an authenticated request.
    pub parse: fn(&[u8]) -> Result<WebhookCall, Problem>,
    /// First timeline entry of each delivery that the request creates.
    pub summary: &'static str,
}

#[derive(Clone, Debug, PartialEq)]
pub struct WebhookCall {
    pub account_id: String,
    /// The records in the order of the request. Contains at least one record.
    pub records: Vec<RecordRef>,
    /// True if the request has the batch form, in which case the response has the batch form too.
    pub is_batch: bool,
}
