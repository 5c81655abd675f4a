//! `disconnections`: receipts of removed connections.

use super::ConnectionRow;
use crate::{
    db::{ReadConnection, Result, Tx, engine::query::params},
    domain::{
        connection::{
            Environment,
            disconnection::{Counts, Revocation},
        },
        ids::{ConnectionId, DisconnectionId, OrganizationId},
        time::Timestamp,
    },
};

#[derive(Clone, Debug, sqlx::FromRow)]
pub struct DisconnectionRow {
    pub id: DisconnectionId,
    pub organization_id: OrganizationId,
    /// `None` for receipts that were created before this column existed.
    pub connection_id: Option<ConnectionId>,
    pub provider: String,
    /// Display name of the provider account.
    pub account_label: String,
    pub environment: Environment,
    /// Name of the user who disconnected.
    pub disconnected_by: String,
    pub disconnected_at: Timestamp,
    /// Id of the pending revocation at the provider.
    pub revocation_id: Option<String>,
    pub revocation: Revocation,
    /// Time at which the revocation succeeded or was given up.
    pub revoked_at: Option<Timestamp>,
    #[sqlx(flatten)]
    pub counts: CountsRow,
}

/// Numbers of deleted and kept items.
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

/// Counts the items that a disconnect would delete and keep.
pub async fn count(tx: &mut ReadConnection, connection: &ConnectionRow) -> Result<CountsRow> {
    tx.query(
        "SELECT (SELECT count(*) FROM webhook_secrets WHERE organization_id = $1 AND connection_id = $2) AS secrets,
             (SELECT count(*) FROM deliveries WHERE organization_id = $1 AND connection_id = $2) AS deliveries,
             (SELECT count(*) FROM jobs WHERE organization_id = $1 AND concurrency_key = $2 AND status <> 'dead') AS jobs,
             (SELECT count(*) FROM contract_links
              WHERE organization_id = $1 AND integration_id = $3 AND account_id = $4 AND role = 'source') AS contracts,
             (SELECT count(*) FROM contract_links
              WHERE organization_id = $1 AND integration_id = $3 AND account_id = $4 AND sync_status = 'pending') AS unwritten",
        params![&connection.organization_id, &connection.id, &connection.integration_id, connection.external_account_id.as_str()],
    )
    .one()
    .await
}

pub async fn insert(tx: &mut Tx, row: &DisconnectionRow) -> Result<()> {
    tx.query(
        "INSERT INTO disconnections (id, organization_id, provider, account_label, environment, disconnected_by,
             disconnected_at, revocation_id, revocation, revoked_at, secrets, deliveries, jobs, contracts, unwritten,
             connection_id)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)",
        params![
            &row.id,
            &row.organization_id,
            row.provider.as_str(),
            row.account_label.as_str(),
            row.environment,
            row.disconnected_by.as_str(),
            row.disconnected_at,
            row.revocation_id.as_deref(),
            row.revocation,
            row.revoked_at,
            row.counts.secrets,
            row.counts.deliveries,
            row.counts.jobs,
            row.counts.contracts,
            row.counts.unwritten,
            row.connection_id.as_ref()
        ],
    )
    .execute()
    .await
}

pub async fn find(
    tx: &mut ReadConnection,
    organization: &OrganizationId,
    id: &DisconnectionId,
) -> Result<Option<DisconnectionRow>> {
    tx.query("SELECT * FROM disconnections WHERE organization_id = $1 AND id = $2", params![organization, id]).optional().await
}

/// Stores the id of the pending revocation in a receipt, if there is a revocation.
pub async fn set_pending_revocation(
    tx: &mut Tx,
    organization: &OrganizationId,
    connection: &ConnectionId,
    revocation_id: &str,
) -> Result<()> {
    let sql = "UPDATE disconnections SET revocation_id = $1, revocation = $2, revoked_at = NULL
        WHERE organization_id = $3 AND connection_id = $4";
    tx.query(sql, params![revocation_id, Revocation::Pending, organization, connection]).execute().await
}

/// Records the outcome of a revocation in its receipt; `false` if no receipt waits for this revocation.
pub async fn record_revocation(
    tx: &mut Tx,
    organization: &OrganizationId,
    revocation_id: &str,
    state: Revocation,
    now: Timestamp,
) -> Result<bool> {
    let sql = "UPDATE disconnections SET revocation = $1, revoked_at = $2 WHERE organization_id = $3 AND revocation_id = $4";
    tx.query(sql, params![state, now, organization, revocation_id]).affects_rows().await
}
