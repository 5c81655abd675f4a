//! Receives webhook calls.

use super::webhook_authentication::WebhookCaller;
use crate::connectors::webhook::{WebhookCall, WebhookSpec};
use crate::connectors::{self};
use crate::domain::connection::Connection;
use crate::domain::delivery::Receipt;
use crate::domain::problem::Problem;
use crate::hub::{Hub, Result};
use crate::secret::Secret;
use std::time::Duration;

/// Minimum interval between two recorded uses of a secret or signing key.
pub(super) const TOUCH_EVERY: Duration = Duration::from_secs(60);

const INTEGRATIONS: &str = "/api/v1/integrations/";

/// True for the paths of webhooks, with or without a trailing slash.
pub fn is_webhook_path(path: &str) -> bool {
    let path = path.strip_suffix('/').unwrap_or(path);
    let Some((slug, name)) = path.strip_prefix(INTEGRATIONS).and_then(|rest| rest.split_once('/')) else { return false };
    connectors::find(slug).is_some_and(|connector| connector.webhook(name).is_some())
}

/// True for the paths of OAuth callbacks.
pub fn is_callback_path(path: &str) -> bool {
    let slug = path.strip_prefix(INTEGRATIONS).and_then(|rest| rest.strip_suffix("/callback"));
    slug.and_then(connectors::find).is_some_and(|connector| connector.oauth().is_some())
}

pub fn webhook_path(slug: &str, webhook: &WebhookSpec) -> String {
    format!("{INTEGRATIONS}{slug}/{}", webhook.name)
}

impl Hub {
    /// Returns the URL of the webhook; empty if the provider has no webhook.
    pub fn webhook_address(&self, connection: &Connection) -> String {
        let connector = connectors::find(&connection.integration.slug);
        let webhook = connector.and_then(|connector| connector.webhooks.first());
        webhook.map_or_else(String::new, |webhook| self.config().public(&webhook_path(&connection.integration.slug, webhook)))
    }

    /// Finds the caller with this secret. Returns `None` if the secret is unknown or expired, or its connection was removed.
    pub async fn webhook_caller(&self, secret: &Secret<String>) -> Result<Option<WebhookCaller>> {
        let now = self.clock().now();
        // The digest is keyed, so the timing of the lookup reveals nothing about other secrets.
        let Some(row) = self.webhook_authenticator.find(self.webhook_digest(secret)).await? else { return Ok(None) };
        let is_due = row.last_used_at.is_none_or(|used| now.since(used) >= TOUCH_EVERY);
        Ok(Some(WebhookCaller {
            organization_id: row.organization_id,
            connection_id: row.connection_id,
            integration_id: row.integration_id,
            external_account_id: row.external_account_id,
            is_enabled: row.is_enabled,
            requires_signature: row.metadata.settings.requires_signature(),
            secret_to_touch: is_due.then_some(row.digest),
        }))
    }

    /// Stores the deliveries of a webhook call and their jobs atomically. They are durable when the function returns. `message`
    /// is the id of a signed call; a second call with the same id stores nothing. Fails with [`Problem::NotSignedIn`] if the call
    /// names a different account than the connection's account, or if the connection was removed.
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
    fn webhook_paths_of_connectors_are_recognized() {
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
