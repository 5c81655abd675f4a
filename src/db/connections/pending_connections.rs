//! `pending_connections`: connections that wait for an admin's confirmation. No other table references this table.

use crate::db::{ReadConnection, Result, Tx, insert, params};
use crate::domain::connection::Environment;
use crate::domain::ids::{ConnectionId, IntegrationId, OrganizationId};
use crate::domain::time::Timestamp;

#[derive(Clone, sqlx::FromRow)]
pub struct PendingConnectionRow {
    /// Id of the connection, before and after the confirmation.
    pub id: ConnectionId,
    pub organization_id: OrganizationId,
    pub integration_id: IntegrationId,
    pub environment: Environment,
    /// Host of the environment `my_domain`; empty for other environments.
    pub host: String,
    /// Encrypted by the vault.
    pub credentials: Vec<u8>,
    pub account_label: String,
    /// Name of the user at the provider who gave consent.
    pub account_user: Option<String>,
    pub account_host: String,
    pub external_account_id: String,
    pub started_by: String,
    pub created_at: Timestamp,
    /// Expiry, after which the row is removed and the credentials are revoked.
    pub confirm_until: Timestamp,
}

/// Adds a row. A unique violation means that another connection to this environment is pending.
pub async fn insert(tx: &mut Tx, row: &PendingConnectionRow) -> Result<()> {
    let query = insert! {
        tx, "pending_connections" (id, organization_id, integration_id, environment, host, credentials, account_label,
            account_user, account_host, external_account_id, started_by, created_at, confirm_until) = row
    };
    query.execute().await
}

/// Lists the organization's unexpired pending connections, oldest first. If `only` is given, lists only this connection.
pub async fn list(
    tx: &mut ReadConnection,
    organization: &OrganizationId,
    only: Option<&ConnectionId>,
    now: Timestamp,
) -> Result<Vec<PendingConnectionRow>> {
    let sql = "SELECT * FROM pending_connections WHERE organization_id = $1 AND ($2 = '' OR id = $2) AND confirm_until > $3
        ORDER BY id LIMIT 1000";
    tx.query(sql, params![organization, only.map_or("", ConnectionId::as_str), now]).all().await
}

/// Lists all pending connections of an organization, including expired ones.
pub async fn of_organization(tx: &mut ReadConnection, organization: &OrganizationId) -> Result<Vec<PendingConnectionRow>> {
    let sql = "SELECT * FROM pending_connections WHERE organization_id = $1 ORDER BY id LIMIT 1000";
    tx.query(sql, params![organization]).all().await
}

/// Returns true if the connection is pending. An expired connection remains pending until the server removes it.
pub async fn exists(tx: &mut ReadConnection, organization: &OrganizationId, id: &ConnectionId) -> Result<bool> {
    let sql = "SELECT count(*) FROM pending_connections WHERE organization_id = $1 AND id = $2";
    Ok(tx.query(sql, params![organization, id]).scalar::<i64>().await? > 0)
}

/// Like [`exists`], but for any connection to this environment.
pub async fn exists_in_environment(
    tx: &mut ReadConnection,
    organization: &OrganizationId,
    integration: &IntegrationId,
    environment: Environment,
    host: &str,
) -> Result<bool> {
    let sql = "SELECT count(*) FROM pending_connections
        WHERE organization_id = $1 AND integration_id = $2 AND environment = $3 AND host = $4";
    let count: i64 = tx.query(sql, params![organization, integration, environment, host]).scalar().await?;
    Ok(count > 0)
}

/// Removes and returns an unexpired pending connection. Only one of several concurrent callers gets the connection.
pub async fn take(
    tx: &mut Tx,
    organization: &OrganizationId,
    id: &ConnectionId,
    now: Timestamp,
) -> Result<Option<PendingConnectionRow>> {
    let sql = "DELETE FROM pending_connections WHERE organization_id = $1 AND id = $2 AND confirm_until > $3 RETURNING *";
    tx.query(sql, params![organization, id, now]).optional().await
}

/// Removes and returns up to `limit` expired pending connections of all organizations.
pub async fn take_expired(tx: &mut Tx, now: Timestamp, limit: i64) -> Result<Vec<PendingConnectionRow>> {
    let sql = "DELETE FROM pending_connections WHERE id IN (
            SELECT id FROM pending_connections WHERE confirm_until <= $1 ORDER BY id LIMIT $2) RETURNING *";
    tx.query(sql, params![now, limit]).all().await
}
