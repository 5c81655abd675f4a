//! `webhook_secrets`: which connection a digest belongs to.

use super::Metadata;
use crate::{
    db::{ReadConnection, Result, Tx},
    domain::{
        ids::{ConnectionId, IntegrationId, OrganizationId},
        time::Timestamp,
    },
};
use sqlx::types::Json;

/// How many secrets of one connection may be waiting for their end when another is made.
const MAX_ENDING: i64 = 9;

/// A secret that works.
#[derive(Clone, sqlx::FromRow)]
pub struct WebhookSecretRow {
    /// Its keyed digest.
    pub digest: String,
    /// The organization.
    pub organization_id: OrganizationId,
    /// The connection.
    pub connection_id: ConnectionId,
    /// Its first characters.
    pub prefix: String,
    /// When it was made.
    pub created_at: Timestamp,
    /// Until when it works; absent for the current one.
    pub valid_until: Option<Timestamp>,
    /// When a call last carried it, to the minute.
    pub last_used_at: Option<Timestamp>,
    /// The key that was made with it, sealed.
    pub signing_key: Option<Vec<u8>>,
    /// When a call was last signed with the key, to the minute.
    pub last_signed_at: Option<Timestamp>,
}

/// A caller: the secret with what must be known of its connection.
#[derive(Clone, sqlx::FromRow)]
pub struct CallerRow {
    /// The secret's digest.
    pub digest: String,
    /// The organization.
    pub organization_id: OrganizationId,
    /// The connection.
    pub connection_id: ConnectionId,
    /// The provider that the connection leads to.
    pub integration_id: IntegrationId,
    /// The account the connection leads to.
    pub external_account_id: String,
    /// Whether a person has left it switched on.
    pub is_enabled: bool,
    /// Its settings.
    pub metadata: Json<Metadata>,
    /// When a call last carried the secret.
    pub last_used_at: Option<Timestamp>,
}

/// Adds a secret.
pub async fn insert(tx: &mut Tx, row: &WebhookSecretRow) -> Result<()> {
    tx.query(
        "INSERT INTO webhook_secrets (digest, organization_id, connection_id, prefix, created_at, valid_until, last_used_at, signing_key,
             last_signed_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
    )
    .bind(row.digest.as_str())
    .bind(&row.organization_id)
    .bind(&row.connection_id)
    .bind(row.prefix.as_str())
    .bind(row.created_at)
    .bind(row.valid_until)
    .bind(row.last_used_at)
    .bind(row.signing_key.as_deref())
    .bind(row.last_signed_at)
    .execute()
    .await
    .map(drop)
}

/// Ends the current secret at `valid_until`, and removes those that have ended. What was promised to the ones before it stands; of many
/// rotations in a row only the latest [`MAX_ENDING`] are kept.
pub async fn retire(
    tx: &mut Tx,
    organization: &OrganizationId,
    connection: &ConnectionId,
    valid_until: Timestamp,
    now: Timestamp,
) -> Result<bool> {
    let changed = tx
        .query(
            "UPDATE webhook_secrets SET valid_until = $1
             WHERE organization_id = $2 AND connection_id = $3 AND valid_until IS NULL",
        )
        .bind(valid_until)
        .bind(organization)
        .bind(connection)
        .execute()
        .await?;
    tx.query(
        "DELETE FROM webhook_secrets
         WHERE organization_id = $1 AND connection_id = $2 AND (valid_until <= $3 OR digest NOT IN (
             SELECT digest FROM webhook_secrets WHERE organization_id = $1 AND connection_id = $2
             ORDER BY created_at DESC, digest LIMIT $4))",
    )
    .bind(organization)
    .bind(connection)
    .bind(now)
    .bind(MAX_ENDING)
    .execute()
    .await?;
    Ok(changed > 0)
}

/// Removes every secret of a connection but the current one; gives how many of them still worked.
pub async fn delete_previous(
    tx: &mut Tx,
    organization: &OrganizationId,
    connection: &ConnectionId,
    now: Timestamp,
) -> Result<usize> {
    let removed: Vec<(Timestamp,)> = tx
        .query(
            "DELETE FROM webhook_secrets WHERE organization_id = $1 AND connection_id = $2 AND valid_until IS NOT NULL
             RETURNING valid_until",
        )
        .bind(organization)
        .bind(connection)
        .all()
        .await?;
    Ok(removed.into_iter().filter(|(valid_until,)| *valid_until > now).count())
}

/// The secrets of a connection that work, newest first.
pub async fn list(
    tx: &mut ReadConnection,
    organization: &OrganizationId,
    connection: &ConnectionId,
    now: Timestamp,
) -> Result<Vec<WebhookSecretRow>> {
    tx.query(
        "SELECT * FROM webhook_secrets
         WHERE organization_id = $1 AND connection_id = $2 AND (valid_until IS NULL OR valid_until > $3)
         ORDER BY created_at DESC, digest LIMIT 10",
    )
    .bind(organization)
    .bind(connection)
    .bind(now)
    .all()
    .await
}

/// Whose digest it is, while it works. Not filtered by organization: the secret is what proves it.
pub async fn find_caller(tx: &mut ReadConnection, digest: &str, now: Timestamp) -> Result<Option<CallerRow>> {
    tx.query(
        "SELECT s.digest, s.organization_id, s.connection_id, c.integration_id, c.external_account_id, c.is_enabled, c.metadata, s.last_used_at
         FROM webhook_secrets s JOIN organization_integrations c ON c.id = s.connection_id
         WHERE s.digest = $1 AND (s.valid_until IS NULL OR s.valid_until > $2)",
    )
    .bind(digest)
    .bind(now)
    .optional()
    .await
}

/// Notes that a call carried the secret.
pub async fn touch(tx: &mut Tx, digest: &str, now: Timestamp) -> Result<()> {
    tx.query("UPDATE webhook_secrets SET last_used_at = $1 WHERE digest = $2").bind(now).bind(digest).execute().await.map(drop)
}

/// Notes that a call was signed with the secret's key.
pub async fn touch_signed(tx: &mut Tx, digest: &str, now: Timestamp) -> Result<()> {
    tx.query("UPDATE webhook_secrets SET last_signed_at = $1 WHERE digest = $2").bind(now).bind(digest).execute().await.map(drop)
}
