//! `pending_connections`: connections that wait for an admin's confirmation. No other table refers to this table.

use crate::{
    db::{ReadConnection, Result, Tx, engine::query::params},
    domain::{
        connection::Environment,
        ids::{ConnectionId, IntegrationId, OrganizationId},
        time::Timestamp,
    },
};

#[derive(Clone, sqlx::FromRow)]
pub struct PendingConnectionRow {
    /// Id of the pending connection. The connection keeps it after the confirmation.
    pub id: ConnectionId,
    pub organization_id: OrganizationId,
    pub integration_id: IntegrationId,
    pub environment: Environment,
    /// Host for the environment `my_domain`; empty for other environments.
    pub host: String,
    /// Encrypted by the vault.
    pub credentials: Vec<u8>,
    /// Display name of the provider account.
    pub account_label: String,
    /// Name of the user at the provider who gave consent.
    pub account_user: Option<String>,
    /// Host of the account's API.
    pub account_host: String,
    /// Id of the account at the provider.
    pub external_account_id: String,
    /// Name of the user who started the flow.
    pub started_by: String,
    /// Time of the consent.
    pub created_at: Timestamp,
    /// Time at which the pending connection expires. It is then removed, and its credentials are revoked.
    pub confirm_until: Timestamp,
}

/// Adds a row. A unique violation means that another connection to this environment already waits for confirmation.
pub async fn insert(tx: &mut Tx, row: &PendingConnectionRow) -> Result<()> {
    tx.query(
        "INSERT INTO pending_connections (id, organization_id, integration_id, environment, host, credentials, account_label,
             account_user, account_host, external_account_id, started_by, created_at, confirm_until)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)",
        params![
            &row.id,
            &row.organization_id,
            &row.integration_id,
            row.environment,
            row.host.as_str(),
            row.credentials.as_slice(),
            row.account_label.as_str(),
            row.account_user.as_deref(),
            row.account_host.as_str(),
            row.external_account_id.as_str(),
            row.started_by.as_str(),
            row.created_at,
            row.confirm_until
        ],
    )
    .execute()
    .await
}

/// The organization's pending connections that have not expired, oldest first. If `only` is given, just that connection. An
/// organization has at most one pending connection per environment and host.
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

/// Whether this connection is pending. Includes expired connections that are not revoked yet.
pub async fn exists(tx: &mut ReadConnection, organization: &OrganizationId, id: &ConnectionId) -> Result<bool> {
    let sql = "SELECT count(*) FROM pending_connections WHERE organization_id = $1 AND id = $2";
    Ok(tx.query(sql, params![organization, id]).scalar::<i64>().await? > 0)
}

/// Whether a connection to this environment is pending. Includes expired connections that are not revoked yet.
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

/// Removes a pending connection that has not expired, and returns it. If several callers are concurrent, only one of them gets
/// it.
pub async fn take(
    tx: &mut Tx,
    organization: &OrganizationId,
    id: &ConnectionId,
    now: Timestamp,
) -> Result<Option<PendingConnectionRow>> {
    let sql = "DELETE FROM pending_connections WHERE organization_id = $1 AND id = $2 AND confirm_until > $3 RETURNING *";
    tx.query(sql, params![organization, id, now]).optional().await
}

/// Removes and returns expired connections. Covers all organizations.
pub async fn take_expired(tx: &mut Tx, now: Timestamp, limit: i64) -> Result<Vec<PendingConnectionRow>> {
    let sql = "DELETE FROM pending_connections WHERE id IN (SELECT id FROM pending_connections WHERE confirm_until <= $1
        ORDER BY id LIMIT $2)
        RETURNING *";
    tx.query(sql, params![now, limit]).all().await
}
