//! `pending_connections`: connections that wait for an admin's confirmation. Only their account is known; nothing else refers to them.

use crate::{
    db::{ReadConnection, Result, Tx},
    domain::{
        connection::Environment,
        ids::{ConnectionId, IntegrationId, OrganizationId},
        time::Timestamp,
    },
};

/// A connection that waits for confirmation.
#[derive(Clone, sqlx::FromRow)]
pub struct PendingConnectionRow {
    /// The id, which the confirmed connection keeps.
    pub id: ConnectionId,
    /// The organization.
    pub organization_id: OrganizationId,
    /// The provider.
    pub integration_id: IntegrationId,
    /// The provider's environment.
    pub environment: Environment,
    /// The host of `my_domain`, else empty.
    pub host: String,
    /// Sealed credentials.
    pub credentials: Vec<u8>,
    /// The account, for people.
    pub account_label: String,
    /// The user at the provider who gave consent.
    pub account_user: Option<String>,
    /// The host of the account's API.
    pub account_host: String,
    /// The account's id at the provider.
    pub external_account_id: String,
    /// The name of the person who started it.
    pub started_by: String,
    /// When consent was given.
    pub created_at: Timestamp,
    /// When it is revoked.
    pub confirm_until: Timestamp,
}

/// Adds a row. A unique violation means that another connection to this environment waits for confirmation.
pub async fn insert(tx: &mut Tx, row: &PendingConnectionRow) -> Result<()> {
    tx.query(
        "INSERT INTO pending_connections (id, organization_id, integration_id, environment, host, credentials, account_label, account_user,
             account_host, external_account_id, started_by, created_at, confirm_until)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)",
    )
    .bind(&row.id)
    .bind(&row.organization_id)
    .bind(&row.integration_id)
    .bind(row.environment)
    .bind(row.host.as_str())
    .bind(row.credentials.as_slice())
    .bind(row.account_label.as_str())
    .bind(row.account_user.as_deref())
    .bind(row.account_host.as_str())
    .bind(row.external_account_id.as_str())
    .bind(row.started_by.as_str())
    .bind(row.created_at)
    .bind(row.confirm_until)
    .execute()
    .await
    .map(drop)
}

/// The organization's connections that can still be confirmed, oldest first; `only` picks one. There is one per environment and host.
pub async fn list(
    tx: &mut ReadConnection,
    organization: &OrganizationId,
    only: Option<&ConnectionId>,
    now: Timestamp,
) -> Result<Vec<PendingConnectionRow>> {
    tx.query(
        "SELECT * FROM pending_connections WHERE organization_id = $1 AND ($2 = '' OR id = $2) AND confirm_until > $3
         ORDER BY id LIMIT 1000",
    )
    .bind(organization)
    .bind(only.map_or("", ConnectionId::as_str))
    .bind(now)
    .all()
    .await
}

/// Whether this connection waits for confirmation, or was not revoked yet after its time.
pub async fn exists(tx: &mut ReadConnection, organization: &OrganizationId, id: &ConnectionId) -> Result<bool> {
    let sql = "SELECT count(*) FROM pending_connections WHERE organization_id = $1 AND id = $2";
    let (count,): (i64,) = tx.query(sql).bind(organization).bind(id).one().await?;
    Ok(count > 0)
}

/// Whether a connection to this environment waits for confirmation, or was not revoked yet after its time.
pub async fn exists_in_environment(
    tx: &mut ReadConnection,
    organization: &OrganizationId,
    integration: &IntegrationId,
    environment: Environment,
    host: &str,
) -> Result<bool> {
    let (count,): (i64,) = tx
        .query(
            "SELECT count(*) FROM pending_connections
             WHERE organization_id = $1 AND integration_id = $2 AND environment = $3 AND host = $4",
        )
        .bind(organization)
        .bind(integration)
        .bind(environment)
        .bind(host)
        .one()
        .await?;
    Ok(count > 0)
}

/// Removes a connection that can still be confirmed and returns it. Of concurrent callers one gets it.
pub async fn take(
    tx: &mut Tx,
    organization: &OrganizationId,
    id: &ConnectionId,
    now: Timestamp,
) -> Result<Option<PendingConnectionRow>> {
    tx.query("DELETE FROM pending_connections WHERE organization_id = $1 AND id = $2 AND confirm_until > $3 RETURNING *")
        .bind(organization)
        .bind(id)
        .bind(now)
        .optional()
        .await
}

/// Removes connections of any organization that were not confirmed in time and returns them.
pub async fn take_expired(tx: &mut Tx, now: Timestamp, limit: i64) -> Result<Vec<PendingConnectionRow>> {
    tx.query(
        "DELETE FROM pending_connections WHERE id IN (SELECT id FROM pending_connections WHERE confirm_until <= $1 ORDER BY id LIMIT $2)
         RETURNING *",
    )
    .bind(now)
    .bind(limit)
    .all()
    .await
}
