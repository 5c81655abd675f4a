//! Webhooks that a provider calls. Each connector declares its webhooks as static data.

use crate::domain::{connection::record::RecordRef, problem::Problem};

pub struct WebhookSpec {
    /// Name of the webhook in the URL's path.
    pub name: &'static str,
    /// Parses the body of a request. The request has already been authenticated.
    pub parse: fn(&[u8]) -> Result<WebhookCall, Problem>,
    /// First timeline entry of each delivery that the request creates.
    pub summary: &'static str,
}

/// A parsed webhook request. We trust the caller that the records have reached the trigger state.
#[derive(Clone, Debug, PartialEq)]
pub struct WebhookCall {
    /// Id of the provider account that sent the request.
    pub account_id: String,
    /// The records in the order of the request. Contains at least one.
    pub records: Vec<RecordRef>,
    /// Whether the request has the batch form. The response then has the batch form too.
    pub is_batch: bool,
}
