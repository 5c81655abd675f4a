//! Webhooks that connectors declare as static data.

use crate::domain::connection::SecretPurpose;
use crate::domain::problem::Problem;
use crate::domain::record::RecordRef;

pub struct WebhookSpec {
    /// Segment of the URL's path.
    pub name: &'static str,
    /// Name for the page of the connection.
    pub title: &'static str,
    /// Text for the page of the connection: what the webhook does, and how much effort its setup takes.
    pub about: &'static str,
    /// Purpose of the secret that authenticates the caller. According to the purpose, the secret is in a header, or in the path
    /// after the name.
    pub secret: SecretPurpose,
    pub body: BodyFormat,
    pub max_body_bytes: usize,
    /// Parses the body of an authenticated request.
    pub parse: fn(&[u8]) -> Result<WebhookCall, Problem>,
    pub reply: Reply,
    /// True if the trigger rule decides about each record when its delivery is processed. False if the caller has already
    /// decided.
    pub applies_rule: bool,
    /// First timeline entry of each delivery that the request creates.
    pub summary: &'static str,
}

/// Format of a body. It determines the accepted content types.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BodyFormat {
    Json,
    Xml,
}

/// Response to an accepted call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reply {
    /// A JSON receipt for each record, with the status 202.
    Receipts,
    /// This XML document, with the status 200.
    Xml(&'static str),
}

#[derive(Clone, Debug, PartialEq)]
pub struct WebhookCall {
    pub account_id: String,
    /// The events in the order of the request. Contains at least one event.
    pub events: Vec<WebhookEvent>,
    /// True if the request has the batch form. The response then has the batch form too.
    pub is_batch: bool,
}

/// An event that a call reports about one record.
#[derive(Clone, Debug, PartialEq)]
pub struct WebhookEvent {
    pub record: RecordRef,
    /// Key for recognizing repeated events of a connection. A repeated event creates no delivery.
    pub key: Option<String>,
}

impl From<RecordRef> for WebhookEvent {
    /// An event without a key.
    fn from(record: RecordRef) -> Self {
        Self { record, key: None }
    }
}
