//! Webhook secrets, which are shown once and stored as a keyed digest. The signing key of a secret is stored encrypted.

use crate::db::Tx;
use crate::db::connections::{self as table, ConnectionRow, SecretDigest, webhook_secrets};
use crate::domain::account::users::Role;
use crate::domain::connection::{NewOutboundSecret, NewWebhookSecret, SecretPurpose, WebhookSecretInfo};
use crate::domain::contract::timeline::ActivityKind;
use crate::domain::ids::ConnectionId;
use crate::domain::problem::Problem;
use crate::domain::time::Timestamp;
use crate::hub::{Hub, Result};
use crate::random::{bytes, hex, new_secret};
use crate::secret::Secret;
use crate::services::auth::idempotency::first_or_return;
use crate::services::deliveries::receive::webhook_path;
use crate::services::deliveries::webhook_signature;
use crate::services::{Actor, connections};
use crate::vault::Field;
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use std::time::Duration;

/// Time for which the previous secret stays valid after a new one is created.
const OVERLAP: Duration = Duration::from_secs(24 * 60 * 60);
const PREFIX_CHARACTERS: usize = 9;

impl Hub {
    /// Creates a secret and its signing key. The previous secret stays valid for 24 hours.
    pub async fn make_webhook_secret(&self, actor: &Actor, id: &ConnectionId) -> Result<NewWebhookSecret> {
        actor.require(Role::Admin)?;
        let secret = new_secret("lcwh_");
        let signing_key = Secret::new(bytes::<32>());
        let mut tx = first_or_return!(self.begin_idempotent(actor, Role::Admin).await?);
        let mut row = connections::find_locked(&mut tx, actor, id).await?;
        connections::deals(&row)?;
        let sealed_key = self.vault.encrypt(&actor.organization_id, Field::SigningKey, signing_key.expose());
        let previous_valid_until =
            self.replace_secret(&mut tx, &mut row, SecretPurpose::Webhook, &secret, Some(sealed_key)).await?;
        let summary = format!("{} created a webhook secret for {}", actor.name, row.account_label);
        self.record(&mut tx, actor, ActivityKind::WebhookSecretMade, summary).await?;
        let created = NewWebhookSecret {
            secret: secret.expose().clone(),
            signing_key: webhook_signature::encoded(signing_key.expose()).expose().clone(),
            previous_valid_until,
        };
        self.commit_idempotent(tx, actor, &created).await?;
        Ok(created)
    }

    /// Creates a URL for Outbound Messages, which contains a secret. The previous URL stays valid for 24 hours.
    pub async fn create_outbound_secret(&self, actor: &Actor, id: &ConnectionId) -> Result<NewOutboundSecret> {
        actor.require(Role::Admin)?;
        let secret = new_secret("lcom_");
        let mut tx = first_or_return!(self.begin_idempotent(actor, Role::Admin).await?);
        let mut row = connections::find_locked(&mut tx, actor, id).await?;
        let connector = connections::connector(&row)?;
        let webhook = connector.webhook_with(SecretPurpose::Outbound);
        let path = webhook_path(connector.slug, webhook.ok_or(Problem::NotFound)?);
        let previous_valid_until = self.replace_secret(&mut tx, &mut row, SecretPurpose::Outbound, &secret, None).await?;
        let summary = format!("{} created a URL for Outbound Messages for {}", actor.name, row.account_label);
        self.record(&mut tx, actor, ActivityKind::WebhookSecretMade, summary).await?;
        let url = self.config().public(&format!("{path}/{}", secret.expose()));
        let created = NewOutboundSecret { url, previous_valid_until };
        self.commit_idempotent(tx, actor, &created).await?;
        Ok(created)
    }

    /// Stores a new secret. Returns the time until which the previous secret of the same purpose stays valid; `None` if there is
    /// no previous secret.
    async fn replace_secret(
        &self,
        tx: &mut Tx,
        connection: &mut ConnectionRow,
        purpose: SecretPurpose,
        secret: &Secret<String>,
        signing_key: Option<Vec<u8>>,
    ) -> Result<Option<Timestamp>> {
        let now = self.clock().now();
        let (organization, id, until) = (&connection.organization_id, &connection.id, now + OVERLAP);
        let has_previous = webhook_secrets::retire(tx, organization, id, purpose, until, now).await?;
        let new = webhook_secrets::WebhookSecretRow {
            digest: self.webhook_digest(secret),
            organization_id: organization.clone(),
            connection_id: id.clone(),
            purpose,
            prefix: secret.expose()[..PREFIX_CHARACTERS].to_owned(),
            created_at: now,
            valid_until: None,
            last_used_at: None,
            signing_key,
            last_signed_at: None,
        };
        webhook_secrets::insert(tx, &new).await?;
        copy_digests(tx, connection, now).await?;
        Ok(has_previous.then_some(until))
    }

    /// Invalidates all previous webhook secrets and their signing keys immediately.
    pub async fn end_previous_webhook_secrets(&self, actor: &Actor, id: &ConnectionId) -> Result<()> {
        self.end_previous_secrets(actor, id, SecretPurpose::Webhook, "the previous webhook secret").await
    }

    /// Invalidates all previous URLs for Outbound Messages immediately.
    pub async fn end_previous_outbound_secrets(&self, actor: &Actor, id: &ConnectionId) -> Result<()> {
        self.end_previous_secrets(actor, id, SecretPurpose::Outbound, "the previous URL for Outbound Messages").await
    }

    /// `what` names the secret in the audit log.
    async fn end_previous_secrets(&self, actor: &Actor, id: &ConnectionId, purpose: SecretPurpose, what: &str) -> Result<()> {
        actor.require(Role::Admin)?;
        let now = self.clock().now();
        let mut tx = first_or_return!(self.begin_idempotent(actor, Role::Admin).await?);
        let mut row = connections::find_locked(&mut tx, actor, id).await?;
        if webhook_secrets::delete_previous(&mut tx, &actor.organization_id, id, purpose, now).await? > 0 {
            copy_digests(&mut tx, &mut row, now).await?;
            let summary = format!("{} revoked {what} for {}", actor.name, row.account_label);
            self.record(&mut tx, actor, ActivityKind::WebhookSecretEnded, summary).await?;
        }
        self.commit_idempotent(tx, actor, &()).await
    }

    /// Returns the valid secrets of a connection, of all purposes, newest first.
    pub async fn webhook_secrets(&self, actor: &Actor, id: &ConnectionId) -> Result<Vec<WebhookSecretInfo>> {
        let mut tx = self.db.acquire().await?;
        connections::find(&mut tx, actor, id).await?;
        let rows = webhook_secrets::list(&mut tx, &actor.organization_id, id, self.clock().now()).await?;
        Ok(rows
            .into_iter()
            .map(|row| WebhookSecretInfo {
                purpose: row.purpose,
                prefix: row.prefix,
                created_at: row.created_at,
                valid_until: row.valid_until,
                last_used_at: row.last_used_at,
                last_signed_at: row.last_signed_at,
            })
            .collect())
    }

    /// Returns the digest under which a secret is stored. The digest is keyed, so that a stolen database is not enough to test
    /// guessed secrets.
    pub(crate) fn webhook_digest(&self, secret: &Secret<String>) -> String {
        let mut mac = Hmac::<Sha256>::new_from_slice(self.pepper.as_slice()).expect("HMAC takes a key of any length");
        mac.update(secret.expose().as_bytes());
        hex(&mac.finalize().into_bytes())
    }
}

/// Copies the digests of the valid webhook secrets to the connection's metadata.
async fn copy_digests(tx: &mut Tx, row: &mut ConnectionRow, now: Timestamp) -> Result<()> {
    let valid = webhook_secrets::list(tx, &row.organization_id, &row.id, now).await?;
    row.metadata.webhook_secrets = valid
        .into_iter()
        .filter(|row| row.purpose == SecretPurpose::Webhook)
        .map(|row| SecretDigest { digest: row.digest, created_at: row.created_at, valid_until: row.valid_until })
        .collect();
    Ok(table::update_settings(tx, row, now).await?)
}
