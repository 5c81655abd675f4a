//! The webhook: who calls, what the call says, and the durable delivery that follows.

use crate::{
    domain::{
        delivery::Receipt,
        ids::{ConnectionId, OrganizationId},
        opportunity::SalesforceId,
        problem::Problem,
    },
    hub::{Hub, Result},
    secret::Secret,
};

/// The connection a webhook secret belongs to.
#[derive(Clone, Debug)]
pub struct WebhookCaller {
    /// Its organization.
    pub organization_id: OrganizationId,
    /// The connection.
    pub connection_id: ConnectionId,
    /// The Salesforce org it is connected to, 18 characters.
    pub external_account_id: String,
    /// Whether an admin has left it switched on.
    pub is_enabled: bool,
}

/// A call of the webhook, read and checked.
#[derive(Clone, Debug, PartialEq)]
pub struct WebhookCall {
    /// The Salesforce org that calls.
    pub organization: SalesforceId,
    /// The Opportunities, 1 to 200, each once, in the order of the call.
    pub opportunities: Vec<SalesforceId>,
    /// Whether the call used `OpportunityIds`, which decides the form of the answer.
    pub is_batch: bool,
}

impl WebhookCall {
    /// Reads a body.
    ///
    /// # Errors
    /// [`Problem::InvalidJson`], or `Invalid::WebhookBody` for JSON that says something else.
    pub fn parse(_body: &[u8]) -> std::result::Result<Self, Problem> {
        unimplemented!()
    }
}

impl Hub {
    /// Whose secret it is; `None` for unknown, expired and disconnected ones.
    pub async fn webhook_caller(&self, _secret: &Secret<String>) -> Result<Option<WebhookCaller>> {
        unimplemented!()
    }
    /// Stores the deliveries and their jobs, all or nothing. They are durable when this returns.
    ///
    /// # Errors
    /// `Problem::NotSignedIn` when the call names another org than the caller's.
    pub async fn receive(&self, _caller: &WebhookCaller, _call: WebhookCall) -> Result<Vec<Receipt>> {
        unimplemented!()
    }
}
