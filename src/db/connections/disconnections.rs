//! `disconnections`: receipts of removed connections.

use super::ConnectionRow;
use crate::db::{ReadConnection, Result, Tx, insert, params};
use crate::domain::connection::Environment;
use crate::domain::connection::disconnection::{Counts, Revocation};
use crate::domain::ids::{ConnectionId, DisconnectionId, OrganizationId};
use crate::domain::time::Timestamp;

#[derive(Clone, Debug, sqlx::FromRow)]
pub struct DisconnectionRow {
    pub id: DisconnectionId,
    pub organization_id: OrganizationId,
    /// `None` in receipts that are older than this column.
    pub connection_id: Option<ConnectionId>,
    pub provider: String,
    pub account_label: String,
    pub environment: Environment,
    pub disconnected_by: String,
    pub disconnected_at: Timestamp,
    pub revocation_id: Option<String>,
    pub revocation: Revocation,
    /// Time at which the revocation succeeded, or the server stopped retrying it.
    pub revoked_at: Option<Timestamp>,
    #[sqlx(flatten)]
    pub counts: CountsRow,
}

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
        let CountsRow { secrets, deliveries, jobs, contracts, unwritten } = row;
        Self { secrets, deliveries, jobs, contracts, unwritten }
    }
}

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
    let CountsRow { secrets, deliveries, jobs, contracts, unwritten } = row.counts;
    let query = insert! {
        tx, "disconnections" (id, organization_id, connection_id, provider, account_label, environment, disconnected_by,
            disconnected_at, revocation_id, revocation, revoked_at) = row,
        secrets = secrets, deliveries = deliveries, jobs = jobs, contracts = contracts, unwritten = unwritten
    };
    query.execute().await
}

pub async fn find(
    tx: &mut ReadConnection,
    organization: &OrganizationId,
    id: &DisconnectionId,
) -> Result<Option<DisconnectionRow>> {
    tx.query("SELECT * FROM disconnections WHERE organization_id = $1 AND id = $2", params![organization, id]).optional().await
}

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

/// Stores the outcome of a revocation in its receipt. Returns false if no receipt refers to this revocation.
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
