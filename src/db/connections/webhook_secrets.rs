//! `webhook_secrets`: webhook secrets, looked up by digest.

use super::Metadata;
use crate::db::{ReadConnection, Result, Tx, insert, params};
use crate::domain::connection::SecretPurpose;
use crate::domain::ids::{ConnectionId, IntegrationId, OrganizationId};
use crate::domain::time::Timestamp;
use sqlx::types::Json;

/// Maximum number of valid previous secrets per connection and purpose.
const MAX_ENDING: i64 = 9;

#[derive(Clone, sqlx::FromRow)]
pub struct WebhookSecretRow {
    pub digest: String,
    pub organization_id: OrganizationId,
    pub connection_id: ConnectionId,
    pub purpose: SecretPurpose,
    pub prefix: String,
    pub created_at: Timestamp,
    /// Expiry; `None` for the current secret.
    pub valid_until: Option<Timestamp>,
    /// Time of the last call with the secret, with minute precision.
    pub last_used_at: Option<Timestamp>,
    pub signing_key: Option<Vec<u8>>,
    /// Time of the last signed call, with minute precision.
    pub last_signed_at: Option<Timestamp>,
}

/// A webhook secret with the fields of its connection that webhook ingestion needs.
#[derive(Clone, sqlx::FromRow)]
pub struct CallerRow {
    pub digest: String,
    pub purpose: SecretPurpose,
    pub organization_id: OrganizationId,
    pub connection_id: ConnectionId,
    pub integration_id: IntegrationId,
    pub external_account_id: String,
    pub is_enabled: bool,
    pub metadata: Json<Metadata>,
    pub last_used_at: Option<Timestamp>,
    pub is_expired: bool,
}

pub async fn insert(tx: &mut Tx, row: &WebhookSecretRow) -> Result<()> {
    let query = insert! {
        tx, "webhook_secrets" (digest, organization_id, connection_id, purpose, prefix, created_at, valid_until, last_used_at,
            signing_key, last_signed_at) = row
    };
    query.execute().await
}

/// Sets the expiry of the current secret of this purpose to `valid_until`. Removes expired secrets of the purpose, and keeps at
/// most the newest [`MAX_ENDING`]. Returns false if there is no current secret.
pub async fn retire(
    tx: &mut Tx,
    organization: &OrganizationId,
    connection: &ConnectionId,
    purpose: SecretPurpose,
    valid_until: Timestamp,
    now: Timestamp,
) -> Result<bool> {
    let sql = "UPDATE webhook_secrets SET valid_until = $1
        WHERE organization_id = $2 AND connection_id = $3 AND purpose = $4 AND valid_until IS NULL";
    let is_retired = tx.query(sql, params![valid_until, organization, connection, purpose]).affects_rows().await?;
    let sql = "DELETE FROM webhook_secrets
        WHERE organization_id = $1 AND connection_id = $2 AND purpose = $3 AND (valid_until <= $4 OR digest NOT IN (
            SELECT digest FROM webhook_secrets WHERE organization_id = $1 AND connection_id = $2 AND purpose = $3
            ORDER BY created_at DESC, digest LIMIT $5))";
    tx.query(sql, params![organization, connection, purpose, now, MAX_ENDING]).execute().await?;
    Ok(is_retired)
}

/// Removes a connection's previous secrets of this purpose. Returns the number of removed secrets that were still valid.
pub async fn delete_previous(
    tx: &mut Tx,
    organization: &OrganizationId,
    connection: &ConnectionId,
    purpose: SecretPurpose,
    now: Timestamp,
) -> Result<usize> {
    let sql = "DELETE FROM webhook_secrets
        WHERE organization_id = $1 AND connection_id = $2 AND purpose = $3 AND valid_until IS NOT NULL RETURNING valid_until";
    let removed: Vec<Timestamp> = tx.query(sql, params![organization, connection, purpose]).scalars().await?;
    Ok(removed.into_iter().filter(|valid_until| *valid_until > now).count())
}

/// Lists a connection's valid secrets of all purposes, newest first.
pub async fn list(
    tx: &mut ReadConnection,
    organization: &OrganizationId,
    connection: &ConnectionId,
    now: Timestamp,
) -> Result<Vec<WebhookSecretRow>> {
    let sql = "SELECT * FROM webhook_secrets
        WHERE organization_id = $1 AND connection_id = $2 AND (valid_until IS NULL OR valid_until > $3)
        ORDER BY created_at DESC, digest LIMIT 20";
    tx.query(sql, params![organization, connection, now]).all().await
}

/// Finds the connection of a secret, which can have expired. The secret determines the organization, so this query does not filter
/// by organization.
pub async fn find_caller(tx: &mut ReadConnection, digest: &str, now: Timestamp) -> Result<Option<CallerRow>> {
    let sql =
        "SELECT s.digest, s.purpose, s.organization_id, s.connection_id, c.integration_id, c.external_account_id, c.is_enabled,
            c.metadata, s.last_used_at, (s.valid_until IS NOT NULL AND s.valid_until <= $2) AS is_expired
        FROM webhook_secrets s JOIN organization_integrations c ON c.id = s.connection_id
        WHERE s.digest = $1";
    tx.query(sql, params![digest, now]).optional().await
}

pub async fn touch(tx: &mut Tx, digest: &str, now: Timestamp) -> Result<()> {
    tx.query("UPDATE webhook_secrets SET last_used_at = $1 WHERE digest = $2", params![now, digest]).execute().await
}

pub async fn touch_signed(tx: &mut Tx, digest: &str, now: Timestamp) -> Result<()> {
    tx.query("UPDATE webhook_secrets SET last_signed_at = $1 WHERE digest = $2", params![now, digest]).execute().await
}
