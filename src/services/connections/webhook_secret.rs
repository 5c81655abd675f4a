//! Webhook secrets, which are shown once and stored as a keyed digest. The signing key of each secret is stored encrypted.

use crate::db::Tx;
use crate::db::connections::{self as table, ConnectionRow, SecretDigest, webhook_secrets};
use crate::domain::account::users::Role;
use crate::domain::connection::{NewWebhookSecret, WebhookSecretInfo};
use crate::domain::contract::timeline::ActivityKind;
use crate::domain::ids::ConnectionId;
use crate::domain::time::Timestamp;
use crate::hub::{Hub, Result};
use crate::random::{bytes, hex, new_secret};
use crate::secret::Secret;
use crate::services::auth::idempotency::first_or_return;
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
        let now = self.clock().now();
        let secret = new_secret("lcwh_");
        let signing_key = Secret::new(bytes::<32>());
        let mut tx = first_or_return!(self.begin_idempotent(actor, Role::Admin).await?);
        let mut row = connections::find_locked(&mut tx, actor, id).await?;
        connections::deals(&row)?;
        let until = now + OVERLAP;
        let has_previous = webhook_secrets::retire(&mut tx, &actor.organization_id, id, until, now).await?;
        let previous_valid_until = has_previous.then_some(until);
        let new = webhook_secrets::WebhookSecretRow {
            digest: self.webhook_digest(&secret),
            organization_id: actor.organization_id.clone(),
            connection_id: id.clone(),
            prefix: secret.expose()[..PREFIX_CHARACTERS].to_owned(),
            created_at: now,
            valid_until: None,
            last_used_at: None,
            signing_key: Some(self.vault.encrypt(&actor.organization_id, Field::SigningKey, signing_key.expose())),
            last_signed_at: None,
        };
        webhook_secrets::insert(&mut tx, &new).await?;
        copy_digests(&mut tx, &mut row, now).await?;
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

    /// Invalidates all previous secrets and their signing keys immediately.
    pub async fn end_previous_webhook_secrets(&self, actor: &Actor, id: &ConnectionId) -> Result<()> {
        actor.require(Role::Admin)?;
        let now = self.clock().now();
        let mut tx = first_or_return!(self.begin_idempotent(actor, Role::Admin).await?);
        let mut row = connections::find_locked(&mut tx, actor, id).await?;
        if webhook_secrets::delete_previous(&mut tx, &actor.organization_id, id, now).await? > 0 {
            copy_digests(&mut tx, &mut row, now).await?;
            let summary = format!("{} revoked the previous webhook secret for {}", actor.name, row.account_label);
            self.record(&mut tx, actor, ActivityKind::WebhookSecretEnded, summary).await?;
        }
        self.commit_idempotent(tx, actor, &()).await
    }

    /// Returns the valid secrets of a connection, newest first.
    pub async fn webhook_secrets(&self, actor: &Actor, id: &ConnectionId) -> Result<Vec<WebhookSecretInfo>> {
        let mut tx = self.db.acquire().await?;
        connections::find(&mut tx, actor, id).await?;
        let rows = webhook_secrets::list(&mut tx, &actor.organization_id, id, self.clock().now()).await?;
        Ok(rows
            .into_iter()
            .map(|row| WebhookSecretInfo {
                prefix: row.prefix,
                created_at: row.created_at,
                valid_until: row.valid_until,
                last_used_at: row.last_used_at,
                last_signed_at: row.last_signed_at,
            })
            .collect())
    }

    /// Returns the digest under which a secret is stored. The digest is keyed, so that an attacker with a stolen database but
    /// without the key cannot guess secrets.
    pub(crate) fn webhook_digest(&self, secret: &Secret<String>) -> String {
        let mut mac = Hmac::<Sha256>::new_from_slice(self.pepper.as_slice()).expect("HMAC takes a key of any length");
        mac.update(secret.expose().as_bytes());
        hex(&mac.finalize().into_bytes())
    }
}

/// Copies the digests of the valid secrets to the connection's metadata.
async fn copy_digests(tx: &mut Tx, row: &mut ConnectionRow, now: Timestamp) -> Result<()> {
    let valid = webhook_secrets::list(tx, &row.organization_id, &row.id, now).await?;
    row.metadata.webhook_secrets = valid
        .into_iter()
        .map(|row| SecretDigest { digest: row.digest, created_at: row.created_at, valid_until: row.valid_until })
        .collect();
    Ok(table::update_settings(tx, row, now).await?)
}
