//! `reconciliations`: schedule, result and position of each connection's reconciliation.

use super::OwnedConnectionId;
use crate::db::{ReadConnection, Result, Tx, params};
use crate::domain::ids::{ConnectionId, OrganizationId};
use crate::domain::time::Timestamp;

#[derive(Clone, Debug, sqlx::FromRow)]
pub struct ReconciliationRow {
    pub connection_id: ConnectionId,
    pub due_at: Timestamp,
    /// End of the last run.
    pub ran_at: Option<Timestamp>,
    /// Start of the current run.
    pub begun_at: Option<Timestamp>,
    /// Number of records that the current or last run has checked.
    pub records: i64,
    /// Number of contracts that the current or last run has checked.
    pub contracts: i64,
    /// Number of differences found.
    pub found: i64,
    /// Number of differences whose repair was queued.
    pub repaired: i64,
    /// Message for users about a run that stopped early.
    pub note: Option<String>,
    /// Record after which the next run resumes; empty if the next run starts at the first record.
    pub last_record: String,
    /// Link after which the next run resumes; empty if the next run starts at the first link.
    pub last_link: String,
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Outcome {
    pub records: i64,
    pub contracts: i64,
    pub found: i64,
    pub repaired: i64,
    pub note: Option<String>,
    pub last_record: String,
    pub last_link: String,
}

/// Finds the reconciliation of a connection; `None` before the first run is scheduled.
pub async fn find(
    tx: &mut ReadConnection,
    organization: &OrganizationId,
    connection: &ConnectionId,
) -> Result<Option<ReconciliationRow>> {
    let sql = "SELECT * FROM reconciliations WHERE organization_id = $1 AND connection_id = $2";
    tx.query(sql, params![organization, connection]).optional().await
}

/// Lists connections whose reconciliation is due, and never reconciled connections that were created before `since`. Omits
/// connections whose calls are paused.
pub async fn due(tx: &mut ReadConnection, now: Timestamp, since: Timestamp, limit: i64) -> Result<Vec<OwnedConnectionId>> {
    let sql = "SELECT c.organization_id, c.id FROM organization_integrations c
        JOIN integrations i ON i.id = c.integration_id
        LEFT JOIN reconciliations r ON r.connection_id = c.id
        WHERE i.has_deals AND c.is_enabled AND c.status <> 'needs_reconnect'
          AND (c.paused_until IS NULL OR c.paused_until <= $1)
          AND (r.due_at <= $1 OR (r.due_at IS NULL AND c.created_at <= $2))
        ORDER BY c.id LIMIT $3";
    tx.query(sql, params![now, since, limit]).all().await
}

/// Schedules the next reconciliation. Returns false if another server has scheduled it already.
pub async fn postpone(
    tx: &mut Tx,
    organization: &OrganizationId,
    connection: &ConnectionId,
    until: Timestamp,
    now: Timestamp,
) -> Result<bool> {
    let sql = "INSERT INTO reconciliations (connection_id, organization_id, due_at, found, repaired, last_record, last_link)
        VALUES ($1, $2, $3, 0, 0, '', '')
        ON CONFLICT (connection_id) DO UPDATE SET due_at = $3
        WHERE reconciliations.organization_id = $2 AND reconciliations.due_at <= $4";
    tx.query(sql, params![connection, organization, until, now]).affects_rows().await
}

/// Makes a reconciliation due now, for example after a reconnect, because the server can have missed webhook calls.
pub async fn reschedule_now(tx: &mut Tx, organization: &OrganizationId, connection: &ConnectionId, now: Timestamp) -> Result<()> {
    let sql = "UPDATE reconciliations SET due_at = $1 WHERE organization_id = $2 AND connection_id = $3";
    tx.query(sql, params![now, organization, connection]).execute().await
}

pub async fn record_start(tx: &mut Tx, organization: &OrganizationId, connection: &ConnectionId, now: Timestamp) -> Result<()> {
    let sql = "UPDATE reconciliations SET begun_at = $1, records = 0, contracts = 0
        WHERE organization_id = $2 AND connection_id = $3";
    tx.query(sql, params![now, organization, connection]).execute().await
}

pub async fn record_progress(
    tx: &mut Tx,
    organization: &OrganizationId,
    connection: &ConnectionId,
    so_far: &Outcome,
) -> Result<()> {
    let sql = "UPDATE reconciliations SET records = $1, contracts = $2 WHERE organization_id = $3 AND connection_id = $4";
    tx.query(sql, params![so_far.records, so_far.contracts, organization, connection]).execute().await
}

pub async fn record_run(
    tx: &mut Tx,
    organization: &OrganizationId,
    connection: &ConnectionId,
    outcome: &Outcome,
    now: Timestamp,
) -> Result<()> {
    let sql = "UPDATE reconciliations SET ran_at = $1, begun_at = NULL, found = $2, repaired = $3, note = $4, last_record = $5,
            last_link = $6, records = $7, contracts = $8
        WHERE organization_id = $9 AND connection_id = $10";
    let Outcome { records, contracts, found, repaired, note, last_record, last_link } = outcome;
    tx.query(sql, params![now, found, repaired, note, last_record, last_link, records, contracts, organization, connection])
        .execute()
        .await
}

pub async fn record_failure(tx: &mut Tx, organization: &OrganizationId, connection: &ConnectionId, note: &str) -> Result<()> {
    let sql = "UPDATE reconciliations SET note = $1, begun_at = NULL WHERE organization_id = $2 AND connection_id = $3";
    tx.query(sql, params![note, organization, connection]).execute().await
}
