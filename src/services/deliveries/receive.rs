//! The webhook: who calls, what the call says, and the durable delivery that follows.

use crate::{
    connectors::{
        self,
        webhook::{WebhookCall, WebhookSpec},
    },
    domain::{
        connection::Connection,
        delivery::Receipt,
        ids::{ConnectionId, IntegrationId, OrganizationId},
        problem::Problem,
    },
    hub::{Hub, Result},
    secret::Secret,
};
use std::time::Duration;

/// The use of a secret is noted to the minute.
const TOUCH_EVERY: Duration = Duration::from_secs(60);

/// The connection a webhook secret belongs to.
#[derive(Clone, Debug)]
pub struct WebhookCaller {
    /// Its organization.
    pub organization_id: OrganizationId,
    /// The connection.
    pub connection_id: ConnectionId,
    /// The provider that it is connected to.
    pub integration_id: IntegrationId,
    /// The account at the provider.
    pub external_account_id: String,
    /// Whether an admin has left it switched on.
    pub is_enabled: bool,
    /// Whether the secret alone is not enough.
    pub requires_signature: bool,
    /// The digest of its secret, when its use is to be noted with the next delivery.
    pub(crate) secret_to_note: Option<String>,
}

const INTEGRATIONS: &str = "/api/v1/integrations/";

/// Whether a provider calls this path, with or without a slash at its end.
pub fn is_webhook_path(path: &str) -> bool {
    let path = path.strip_suffix('/').unwrap_or(path);
    let Some((slug, name)) = path.strip_prefix(INTEGRATIONS).and_then(|rest| rest.split_once('/')) else { return false };
    connectors::find(slug).is_some_and(|connector| connector.webhook(name).is_some())
}

/// Whether a provider sends browsers back to this path.
pub fn is_callback_path(path: &str) -> bool {
    let slug = path.strip_prefix(INTEGRATIONS).and_then(|rest| rest.strip_suffix("/callback"));
    slug.and_then(connectors::find).is_some_and(|connector| connector.oauth().is_some())
}

/// The path of a webhook.
pub fn webhook_path(slug: &str, webhook: &WebhookSpec) -> String {
    format!("{INTEGRATIONS}{slug}/{}", webhook.name)
}

impl Hub {
    /// The address of a connection's webhook; empty when its provider calls none.
    pub fn webhook_address(&self, connection: &Connection) -> String {
        let connector = connectors::find(&connection.integration.slug);
        let webhook = connector.and_then(|connector| connector.webhooks.first());
        webhook.map_or_else(String::new, |webhook| self.config().public(&webhook_path(&connection.integration.slug, webhook)))
    }

    /// Whose secret it is; `None` for unknown, expired and disconnected ones.
    ///
    /// # Errors
    /// The database did not answer.
    pub async fn webhook_caller(&self, secret: &Secret<String>) -> Result<Option<WebhookCaller>> {
        let now = self.clock().now();
        // A look-up by a keyed digest compares nothing that a caller could learn from by the time it takes.
        let Some(row) = self.webhook_authenticator.find(self.webhook_digest(secret)).await? else { return Ok(None) };
        let is_due = row.last_used_at.is_none_or(|used| now.since(used) >= TOUCH_EVERY);
        Ok(Some(WebhookCaller {
            organization_id: row.organization_id,
            connection_id: row.connection_id,
            integration_id: row.integration_id,
            external_account_id: row.external_account_id,
            is_enabled: row.is_enabled,
            requires_signature: row.metadata.settings.requires_signature(),
            secret_to_note: is_due.then_some(row.digest),
        }))
    }

    /// Stores the deliveries and their jobs, all or nothing. They are durable when this returns. The message of a signed call is accepted
    /// once, however often it comes.
    ///
    /// # Errors
    /// `Problem::NotSignedIn` when the call names another account than the caller's, or the connection is gone.
    pub async fn receive(
        &self,
        caller: &WebhookCaller,
        webhook: &'static WebhookSpec,
        call: WebhookCall,
        message: Option<&str>,
    ) -> Result<Vec<Receipt>> {
        if call.account_id != caller.external_account_id {
            return Err(Problem::NotSignedIn.into());
        }
        let receipts = self.ingestion.store(caller.clone(), webhook, call.records, message.map(str::to_owned)).await?;
        metrics::counter!("lexicontract_deliveries_accepted_total").increment(receipts.len() as u64);
        Ok(receipts)
    }
}

#[cfg(test)]
mod tests {
    use super::{is_callback_path, is_webhook_path};

    #[test]
    fn only_webhooks_of_connectors_are_webhooks_with_one_slash_at_the_end_or_without() {
        for path in ["/api/v1/integrations/salesforce/webhook", "/api/v1/integrations/salesforce/webhook/"] {
            assert!(is_webhook_path(path), "{path}");
        }
        for other in [
            "/webhook",
            "/api/v1/integrations/salesforce/webhook//",
            "//api/v1/integrations/salesforce/webhook",
            "/api/v1/integrations/hubspot/webhook",
            "/api/v1/integrations/organization/webhook",
            "/",
            "",
        ] {
            assert!(!is_webhook_path(other), "{other}");
        }
        assert!(is_callback_path("/api/v1/integrations/salesforce/callback"));
        assert!(!is_callback_path("/api/v1/integrations/hubspot/callback"));
    }
}
