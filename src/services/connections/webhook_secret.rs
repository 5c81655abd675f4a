//! The secret an Apex trigger sends: made here, shown once, kept as a keyed digest. With it comes the key that calls may be signed with; a key
//! must be read again to check a signature, so that one is sealed.

use crate::{
    db::{
        Tx,
        connections::{self as table, ConnectionRow, SecretDigest, webhook_secrets},
    },
    domain::{
        account::users::Role,
        connection::{NewWebhookSecret, WebhookSecretInfo},
        contract::timeline::ActivityKind,
        ids::ConnectionId,
        time::Timestamp,
    },
    hub::{Hub, Result},
    random::{bytes, hex, new_secret},
    secret::Secret,
    services::{
        Actor,
        auth::idempotency::{Begun, Submission},
        connections,
        deliveries::webhook_signature,
    },
    vault::Field,
};
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use std::time::Duration;

/// How long the previous secret works beside a new one, so that nobody has to change two systems in the same second.
const OVERLAP: Duration = Duration::from_secs(24 * 60 * 60);
/// How much of a secret lists show.
const PREFIX_CHARACTERS: usize = 9;

impl Hub {
    /// Makes a secret. The one before it works for 24 hours more.
    ///
    /// # Errors
    /// The actor is no admin, or there is no such connection.
    pub async fn make_webhook_secret(
        &self,
        submission: impl Into<Submission<'_>> + Send,
        id: &ConnectionId,
    ) -> Result<NewWebhookSecret> {
        let submission = submission.into();
        let actor = submission.actor;
        actor.require(Role::Admin)?;
        let now = self.clock().now();
        let secret = new_secret("lcwh_");
        let signing_key = Secret::new(bytes::<32>());
        let mut tx = match self.begin_idempotent(submission, Role::Admin).await? {
            Begun::First(tx) => tx,
            Begun::Again(answer) => return Ok(answer),
        };
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
        self.note(
            &mut tx,
            actor,
            ActivityKind::WebhookSecretMade,
            format!("{} made a webhook secret for {}", actor.name, row.account_label),
        )
        .await?;
        let made = NewWebhookSecret {
            secret: secret.expose().clone(),
            signing_key: webhook_signature::shown(signing_key.expose()).expose().clone(),
            previous_valid_until,
        };
        self.commit_idempotent(tx, submission, &made).await?;
        Ok(made)
    }

    /// Ends every secret before the current one at once, and with each its signing key. Without one, nothing changes.
    ///
    /// # Errors
    /// The actor is no admin, or there is no such connection.
    pub async fn end_previous_webhook_secrets(
        &self,
        submission: impl Into<Submission<'_>> + Send,
        id: &ConnectionId,
    ) -> Result<()> {
        let submission = submission.into();
        let actor = submission.actor;
        actor.require(Role::Admin)?;
        let now = self.clock().now();
        let mut tx = match self.begin_idempotent(submission, Role::Admin).await? {
            Begun::First(tx) => tx,
            Begun::Again(answer) => return Ok(answer),
        };
        let mut row = connections::find_locked(&mut tx, actor, id).await?;
        if webhook_secrets::delete_previous(&mut tx, &actor.organization_id, id, now).await? > 0 {
            copy_digests(&mut tx, &mut row, now).await?;
            let summary = format!("{} ended the previous webhook secret for {}", actor.name, row.account_label);
            self.note(&mut tx, actor, ActivityKind::WebhookSecretEnded, summary).await?;
        }
        self.commit_idempotent(tx, submission, &()).await
    }

    /// What is known of the secrets that work now, newest first.
    ///
    /// # Errors
    /// There is no such connection.
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

    /// The digest under which a secret is kept. It is keyed, so that a stolen database lets nobody in, even one who can guess.
    pub(crate) fn webhook_digest(&self, secret: &Secret<String>) -> String {
        let mut mac = Hmac::<Sha256>::new_from_slice(self.pepper.as_slice()).expect("HMAC takes a key of any length");
        mac.update(secret.expose().as_bytes());
        hex(&mac.finalize().into_bytes())
    }
}

/// Keeps the digests in the connection's metadata the same as those of the look-up table.
async fn copy_digests(tx: &mut Tx, row: &mut ConnectionRow, now: Timestamp) -> Result<()> {
    let working = webhook_secrets::list(tx, &row.organization_id, &row.id, now).await?;
    row.metadata.webhook_secrets = working
        .into_iter()
        .map(|row| SecretDigest { digest: row.digest, created_at: row.created_at, valid_until: row.valid_until })
        .collect();
    Ok(table::update_settings(tx, row, now).await?)
}
