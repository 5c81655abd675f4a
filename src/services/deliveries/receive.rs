//! Receives webhook calls.

use super::deal_status::is_deal_status_path;
use super::webhook_authentication::WebhookCaller;
use crate::connectors::webhook::{WebhookCall, WebhookSpec};
use crate::connectors::{self, Connector};
use crate::domain::connection::refused_call::RefusalReason;
use crate::domain::connection::{Connection, SecretPurpose};
use crate::domain::delivery::Receipt;
use crate::domain::problem::Problem;
use crate::hub::{Hub, Result};
use crate::secret::Secret;
use std::time::Duration;

/// Minimum interval between two recorded uses of a secret or signing key.
pub(super) const TOUCH_EVERY: Duration = Duration::from_secs(60);

pub(super) const INTEGRATIONS: &str = "/api/v1/integrations/";
const CALLBACK: &str = "/callback";

/// A webhook with the secret that is in its path.
pub struct AddressedWebhook<'p> {
    pub connector: &'static Connector,
    pub webhook: &'static WebhookSpec,
    /// `None` if the webhook expects the secret in a header.
    pub secret: Option<&'p str>,
}

/// Finds the webhook of a path, with or without a trailing slash.
pub fn addressed_webhook(path: &str) -> Option<AddressedWebhook<'_>> {
    let path = path.strip_suffix('/').unwrap_or(path);
    let (slug, rest) = path.strip_prefix(INTEGRATIONS)?.split_once('/')?;
    let (name, secret) = rest.split_once('/').map_or((rest, None), |(name, secret)| (name, Some(secret)));
    let connector = connectors::find(slug)?;
    let webhook = connector.webhook(name)?;
    let is_address = match (webhook.secret, secret) {
        (SecretPurpose::Webhook, secret) => secret.is_none(),
        (SecretPurpose::Outbound, secret) => secret.is_some_and(|secret| !secret.is_empty() && !secret.contains('/')),
    };
    is_address.then_some(AddressedWebhook { connector, webhook, secret })
}

/// True for the paths that providers call with a webhook secret: the paths of webhooks, with or without a trailing slash, and the
/// paths of deal states.
pub fn is_webhook_path(path: &str) -> bool {
    is_deal_status_path(path) || addressed_webhook(path).is_some()
}

/// The path of a provider's OAuth callback.
pub fn callback_path(slug: &str) -> String {
    format!("{INTEGRATIONS}{slug}{CALLBACK}")
}

/// True for the paths of OAuth callbacks.
pub fn is_callback_path(path: &str) -> bool {
    let slug = path.strip_prefix(INTEGRATIONS).and_then(|rest| rest.strip_suffix(CALLBACK));
    slug.and_then(connectors::find).is_some_and(|connector| connector.oauth().is_some())
}

/// The path of a webhook, without the secret that can follow.
pub fn webhook_path(slug: &str, webhook: &WebhookSpec) -> String {
    format!("{INTEGRATIONS}{slug}/{}", webhook.name)
}

impl Hub {
    /// Returns the URL of the webhook with a secret in the header; empty if the provider has no such webhook.
    pub fn webhook_address(&self, connection: &Connection) -> String {
        let connector = connectors::find(&connection.integration.slug);
        let webhook = connector.and_then(|connector| connector.webhook_with(SecretPurpose::Webhook));
        webhook.map_or_else(String::new, |webhook| self.config().public(&webhook_path(&connection.integration.slug, webhook)))
    }

    /// Finds the caller with this webhook secret, like [`Self::caller_with_secret`].
    pub async fn webhook_caller(&self, secret: &Secret<String>) -> Result<Option<WebhookCaller>> {
        self.caller_with_secret(SecretPurpose::Webhook, secret).await
    }

    /// Finds the caller with this secret. Returns `None` if the secret is unknown, expired or for another purpose, or its
    /// connection was removed. Records the call as refused if the secret is known.
    pub async fn caller_with_secret(&self, purpose: SecretPurpose, secret: &Secret<String>) -> Result<Option<WebhookCaller>> {
        let now = self.clock().now();
        // The digest is keyed, so the timing of the lookup reveals nothing about other secrets.
        let row = self.webhook_authenticator.find(self.webhook_digest(secret)).await?;
        let Some(row) = row else { return Ok(None) };
        let is_due = row.last_used_at.is_none_or(|used| now.since(used) >= TOUCH_EVERY);
        let refusal = match (row.is_expired, row.purpose == purpose) {
            (true, _) => Some(RefusalReason::SecretExpired),
            (false, false) => Some(RefusalReason::SecretForOtherEndpoint),
            (false, true) => None,
        };
        let caller = WebhookCaller {
            organization_id: row.organization_id,
            connection_id: row.connection_id,
            integration_id: row.integration_id,
            external_account_id: row.external_account_id,
            is_enabled: row.is_enabled,
            // Salesforce cannot sign Outbound Messages.
            requires_signature: purpose == SecretPurpose::Webhook && row.metadata.settings.requires_signature(),
            secret_to_touch: is_due.then_some(row.digest),
        };
        if let Some(reason) = refusal {
            self.record_refused_call(&caller, reason);
            return Ok(None);
        }
        Ok(Some(caller))
    }

    /// Stores the deliveries of a webhook call and their jobs atomically. They are durable when the function returns. Returns a
    /// receipt for each event except repeated events, which create no delivery. `message` is the id of a signed call; a second
    /// call with the same id stores nothing. Fails with [`Problem::NotSignedIn`] if the call
    /// names a different account than the connection's account, or if the connection was removed.
    pub async fn receive(
        &self,
        caller: &WebhookCaller,
        webhook: &'static WebhookSpec,
        call: WebhookCall,
        message: Option<&str>,
    ) -> Result<Vec<Receipt>> {
        if !caller.has_account_of(&call) {
            return Err(Problem::NotSignedIn.into());
        }
        let receipts = self.ingestion.store(caller.clone(), webhook, call.events, message.map(str::to_owned)).await?;
        metrics::counter!("lexicontract_deliveries_accepted_total").increment(receipts.len() as u64);
        Ok(receipts)
    }
}

#[cfg(test)]
mod tests {
    use super::{addressed_webhook, is_callback_path, is_webhook_path};

    #[test]
    fn webhook_paths_of_connectors_are_recognized() {
        for path in [
            "/api/v1/integrations/salesforce/webhook",
            "/api/v1/integrations/salesforce/webhook/",
            "/api/v1/integrations/salesforce/deal-status",
        ] {
            assert!(is_webhook_path(path), "{path}");
        }
        for other in [
            "/webhook",
            "/api/v1/integrations/salesforce/webhook//",
            "/api/v1/integrations/salesforce/webhook/secret",
            "/api/v1/integrations/salesforce/outbound",
            "/api/v1/integrations/salesforce/outbound/",
            "/api/v1/integrations/salesforce/outbound//",
            "/api/v1/integrations/salesforce/outbound/secret//",
            "/api/v1/integrations/salesforce/outbound/secret/x",
            "/api/v1/integrations/hubspot/outbound/secret",
            "//api/v1/integrations/salesforce/webhook",
            "/api/v1/integrations/hubspot/webhook",
            "/api/v1/integrations/hubspot/deal-status",
            "/api/v1/integrations/salesforce/deal-status/",
            "/api/v1/integrations/organization/webhook",
            "/",
            "",
        ] {
            assert!(!is_webhook_path(other), "{other}");
        }
        for path in ["/api/v1/integrations/salesforce/outbound/lcom_a", "/api/v1/integrations/salesforce/outbound/lcom_a/"] {
            assert_eq!(addressed_webhook(path).and_then(|address| address.secret), Some("lcom_a"), "{path}");
        }
        assert!(is_callback_path("/api/v1/integrations/salesforce/callback"));
        assert!(!is_callback_path("/api/v1/integrations/hubspot/callback"));
    }
}
