//! `reconciliations`: when a connection is compared with its org, what was found, and where the comparison stopped.

use crate::{
    db::{ReadConnection, Result, Tx},
    domain::{
        ids::{ConnectionId, OrganizationId},
        time::Timestamp,
    },
};

/// The comparison of one connection.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct ReconciliationRow {
    /// The connection.
    pub connection_id: ConnectionId,
    /// When it is due next.
    pub due_at: Timestamp,
    /// When it last ran.
    pub ran_at: Option<Timestamp>,
    /// Since when it runs; `None` when it does not.
    pub begun_at: Option<Timestamp>,
    /// How many records it has looked at: now, or when it last ran.
    pub records: i64,
    /// How many contracts.
    pub contracts: i64,
    /// How many differences it found then.
    pub found: i64,
    /// For how many it queued the repair.
    pub repaired: i64,
    /// Why it stopped early, for people.
    pub note: Option<String>,
    /// The record after which it goes on; empty: from the beginning.
    pub last_record: String,
    /// The link after which it goes on; empty: from the beginning.
    pub last_link: String,
}

/// What a run came to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Outcome {
    /// How many records it looked at.
    pub records: i64,
    /// How many contracts.
    pub contracts: i64,
    /// How many differences it found.
    pub found: i64,
    /// For how many it queued the repair.
    pub repaired: i64,
    /// Why it stopped early, for people.
    pub note: Option<String>,
    /// The record after which the next run goes on.
    pub last_record: String,
    /// The link after which the next run goes on.
    pub last_link: String,
}

/// The comparison of a connection; `None` before its first hour came.
pub async fn find(
    tx: &mut ReadConnection,
    organization: &OrganizationId,
    connection: &ConnectionId,
) -> Result<Option<ReconciliationRow>> {
    tx.query("SELECT * FROM reconciliations WHERE organization_id = $1 AND connection_id = $2")
        .bind(organization)
        .bind(connection)
        .optional()
        .await
}

/// Connections whose hour has come, or that were never compared and are older than `since`. Paused ones wait until they may call again.
pub async fn due(
    tx: &mut ReadConnection,
    now: Timestamp,
    since: Timestamp,
    limit: i64,
) -> Result<Vec<(OrganizationId, ConnectionId)>> {
    tx.query(
        "SELECT c.organization_id, c.id FROM organization_integrations c
         JOIN integrations i ON i.id = c.integration_id
         LEFT JOIN reconciliations r ON r.connection_id = c.id
         WHERE i.has_deals AND c.is_enabled AND c.status <> 'needs_reconnect'
           AND (c.paused_until IS NULL OR c.paused_until <= $1)
           AND (r.due_at <= $1 OR (r.due_at IS NULL AND c.created_at <= $2))
         ORDER BY c.id LIMIT $3",
    )
    .bind(now)
    .bind(since)
    .bind(limit)
    .all()
    .await
}

/// Moves the hour on; `false` when another server was faster.
pub async fn postpone(
    tx: &mut Tx,
    organization: &OrganizationId,
    connection: &ConnectionId,
    until: Timestamp,
    now: Timestamp,
) -> Result<bool> {
    let changed = tx
        .query(
            "INSERT INTO reconciliations (connection_id, organization_id, due_at, found, repaired, last_record, last_link)
             VALUES ($1, $2, $3, 0, 0, '', '')
             ON CONFLICT (connection_id) DO UPDATE SET due_at = $3
             WHERE reconciliations.organization_id = $2 AND reconciliations.due_at <= $4",
        )
        .bind(connection)
        .bind(organization)
        .bind(until)
        .bind(now)
        .execute()
        .await?;
    Ok(changed == 1)
}

/// Makes a comparison due now, as after a reconnect: calls may have been missed meanwhile.
pub async fn reschedule_now(tx: &mut Tx, organization: &OrganizationId, connection: &ConnectionId, now: Timestamp) -> Result<()> {
    tx.query("UPDATE reconciliations SET due_at = $1 WHERE organization_id = $2 AND connection_id = $3")
        .bind(now)
        .bind(organization)
        .bind(connection)
        .execute()
        .await
        .map(drop)
}

/// Notes that a run begins.
pub async fn record_start(tx: &mut Tx, organization: &OrganizationId, connection: &ConnectionId, now: Timestamp) -> Result<()> {
    tx.query(
        "UPDATE reconciliations SET begun_at = $1, records = 0, contracts = 0 WHERE organization_id = $2 AND connection_id = $3",
    )
    .bind(now)
    .bind(organization)
    .bind(connection)
    .execute()
    .await
    .map(drop)
}

/// Notes how much a run has looked at so far.
pub async fn record_progress(
    tx: &mut Tx,
    organization: &OrganizationId,
    connection: &ConnectionId,
    so_far: &Outcome,
) -> Result<()> {
    tx.query("UPDATE reconciliations SET records = $1, contracts = $2 WHERE organization_id = $3 AND connection_id = $4")
        .bind(so_far.records)
        .bind(so_far.contracts)
        .bind(organization)
        .bind(connection)
        .execute()
        .await
        .map(drop)
}

/// Notes what a run came to.
pub async fn record_run(
    tx: &mut Tx,
    organization: &OrganizationId,
    connection: &ConnectionId,
    outcome: &Outcome,
    now: Timestamp,
) -> Result<()> {
    tx.query(
        "UPDATE reconciliations SET ran_at = $1, begun_at = NULL, found = $2, repaired = $3, note = $4, last_record = $5, last_link = $6,
             records = $7, contracts = $8
         WHERE organization_id = $9 AND connection_id = $10",
    )
    .bind(now)
    .bind(outcome.found)
    .bind(outcome.repaired)
    .bind(outcome.note.as_deref())
    .bind(outcome.last_record.as_str())
    .bind(outcome.last_link.as_str())
    .bind(outcome.records)
    .bind(outcome.contracts)
    .bind(organization)
    .bind(connection)
    .execute()
    .await
    .map(drop)
}

/// Notes why a run did not come to its end.
pub async fn record_failure(tx: &mut Tx, organization: &OrganizationId, connection: &ConnectionId, note: &str) -> Result<()> {
    tx.query("UPDATE reconciliations SET note = $1, begun_at = NULL WHERE organization_id = $2 AND connection_id = $3")
        .bind(note)
        .bind(organization)
        .bind(connection)
        .execute()
        .await
        .map(drop)
}
