//! `disconnections`: the receipts of connections that were removed.

use super::ConnectionRow;
use crate::{
    db::{ReadConnection, Result, Tx},
    domain::{
        connection::{
            Environment,
            disconnection::{Counts, Revocation},
        },
        ids::{ConnectionId, DisconnectionId, OrganizationId},
        time::Timestamp,
    },
};

/// A receipt.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct DisconnectionRow {
    /// Its id.
    pub id: DisconnectionId,
    /// The organization.
    pub organization_id: OrganizationId,
    /// The connection that was removed; receipts from before this was kept have none.
    pub connection_id: Option<ConnectionId>,
    /// The provider's name.
    pub provider: String,
    /// The account in words.
    pub account_label: String,
    /// Which of the provider's worlds.
    pub environment: Environment,
    /// The name of the person who disconnected it.
    pub disconnected_by: String,
    /// When.
    pub disconnected_at: Timestamp,
    /// The grant that is still to be ended at the provider.
    pub revocation_id: Option<String>,
    /// Whether it was.
    pub revocation: Revocation,
    /// When that was settled.
    pub revoked_at: Option<Timestamp>,
    /// What was wiped and what was kept.
    #[sqlx(flatten)]
    pub counts: CountsRow,
}

/// What was wiped and what was kept.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, sqlx::FromRow)]
pub struct CountsRow {
    pub secrets: i64,
    pub deliveries: i64,
    pub jobs: i64,
    pub contracts: i64,
    pub unwritten: i64,
}

impl From<CountsRow> for Counts {
    fn from(row: CountsRow) -> Self {
        Self {
            secrets: row.secrets,
            deliveries: row.deliveries,
            jobs: row.jobs,
            contracts: row.contracts,
            unwritten: row.unwritten,
        }
    }
}

/// What would be wiped with a connection, and what would be kept.
pub async fn count(tx: &mut ReadConnection, connection: &ConnectionRow) -> Result<CountsRow> {
    tx.query(
        "SELECT (SELECT count(*) FROM webhook_secrets WHERE organization_id = $1 AND connection_id = $2) AS secrets,
             (SELECT count(*) FROM deliveries WHERE organization_id = $1 AND connection_id = $2) AS deliveries,
             (SELECT count(*) FROM jobs WHERE organization_id = $1 AND concurrency_key = $2 AND status <> 'dead') AS jobs,
             (SELECT count(*) FROM contract_links
              WHERE organization_id = $1 AND integration_id = $3 AND account_id = $4 AND role = 'source') AS contracts,
             (SELECT count(*) FROM contract_links
              WHERE organization_id = $1 AND integration_id = $3 AND account_id = $4 AND sync_status = 'pending') AS unwritten",
    )
    .bind(&connection.organization_id)
    .bind(&connection.id)
    .bind(&connection.integration_id)
    .bind(connection.external_account_id.as_str())
    .one()
    .await
}

/// Adds a receipt.
pub async fn insert(tx: &mut Tx, row: &DisconnectionRow) -> Result<()> {
    tx.query(
        "INSERT INTO disconnections (id, organization_id, provider, account_label, environment, disconnected_by, disconnected_at,
             revocation_id, revocation, revoked_at, secrets, deliveries, jobs, contracts, unwritten, connection_id)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)",
    )
    .bind(&row.id)
    .bind(&row.organization_id)
    .bind(row.provider.as_str())
    .bind(row.account_label.as_str())
    .bind(row.environment)
    .bind(row.disconnected_by.as_str())
    .bind(row.disconnected_at)
    .bind(row.revocation_id.as_deref())
    .bind(row.revocation)
    .bind(row.revoked_at)
    .bind(row.counts.secrets)
    .bind(row.counts.deliveries)
    .bind(row.counts.jobs)
    .bind(row.counts.contracts)
    .bind(row.counts.unwritten)
    .bind(row.connection_id.as_ref())
    .execute()
    .await
    .map(drop)
}

/// A receipt of the organization.
pub async fn find(
    tx: &mut ReadConnection,
    organization: &OrganizationId,
    id: &DisconnectionId,
) -> Result<Option<DisconnectionRow>> {
    tx.query("SELECT * FROM disconnections WHERE organization_id = $1 AND id = $2").bind(organization).bind(id).optional().await
}

/// Lets the receipt of a connection, where there is one, wait for the end of another grant.
pub async fn wait_for(tx: &mut Tx, organization: &OrganizationId, connection: &ConnectionId, revocation_id: &str) -> Result<()> {
    tx.query(
        "UPDATE disconnections SET revocation_id = $1, revocation = $2, revoked_at = NULL
         WHERE organization_id = $3 AND connection_id = $4",
    )
    .bind(revocation_id)
    .bind(Revocation::Pending)
    .bind(organization)
    .bind(connection)
    .execute()
    .await
    .map(drop)
}

/// Notes how the end of a grant at its provider came out; `false` when no receipt waits for it.
pub async fn settle(
    tx: &mut Tx,
    organization: &OrganizationId,
    revocation_id: &str,
    state: Revocation,
    now: Timestamp,
) -> Result<bool> {
    let sql = "UPDATE disconnections SET revocation = $1, revoked_at = $2 WHERE organization_id = $3 AND revocation_id = $4";
    Ok(tx.query(sql).bind(state).bind(now).bind(organization).bind(revocation_id).execute().await? > 0)
}
