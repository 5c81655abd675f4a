//! `sync_cursors`: the position at which the next poll of each connection continues, and its due time.

use super::OwnedConnectionId;
use crate::db::{ReadConnection, Result, Tx, params, query_locked};
use crate::domain::ids::{ConnectionId, OrganizationId};
use crate::domain::time::Timestamp;
use crate::random::{bytes, hex};

/// Value of `target` for polls that find deals.
const DEALS: &str = "deals";

#[derive(Clone, Debug, sqlx::FromRow)]
pub struct CursorRow {
    /// Position and state of the poll, as JSON.
    pub cursor: String,
    pub due_at: Timestamp,
    /// Seconds between two polls.
    pub interval_s: i64,
    /// Last time at which a poll found an entry that no webhook call had reported.
    pub last_event_at: Option<Timestamp>,
    /// Message for users about a failure that a person must fix; `None` if the last poll succeeded or its failure is transient.
    pub last_error: Option<String>,
}

pub async fn find(
    tx: &mut ReadConnection,
    organization: &OrganizationId,
    connection: &ConnectionId,
) -> Result<Option<CursorRow>> {
    let sql = "SELECT * FROM sync_cursors WHERE organization_id = $1 AND connection_id = $2 AND target = $3";
    tx.query(sql, params![organization, connection, DEALS]).optional().await
}

/// Finds a cursor and locks it until commit. Lock order: connection, cursor, deliveries.
pub async fn find_locked(tx: &mut Tx, organization: &OrganizationId, connection: &ConnectionId) -> Result<Option<CursorRow>> {
    query_locked!(
        tx,
        "SELECT * FROM sync_cursors WHERE organization_id = $1 AND connection_id = $2 AND target = $3",
        "FOR UPDATE",
        params![organization, connection, DEALS]
    )
    .optional()
    .await
}

/// Stores the cursor of a connection. A new cursor gets the due time `due_at`. An existing cursor keeps its due time.
pub async fn store(
    tx: &mut Tx,
    organization: &OrganizationId,
    connection: &ConnectionId,
    cursor: &str,
    due_at: Timestamp,
) -> Result<()> {
    let sql = "INSERT INTO sync_cursors (id, organization_id, connection_id, target, cursor, due_at, interval_s)
        VALUES ($1, $2, $3, $4, $5, $6, 0)
        ON CONFLICT (connection_id, target) DO UPDATE SET cursor = $5 WHERE sync_cursors.organization_id = $2";
    let id = format!("cur_{}", hex(&bytes::<12>()));
    tx.query(sql, params![id, organization, connection, DEALS, cursor, due_at]).execute().await
}

/// Lists connections whose poll is due. Omits connections that are paused, disabled or need a reconnect.
pub async fn due(tx: &mut ReadConnection, now: Timestamp, limit: i64) -> Result<Vec<OwnedConnectionId>> {
    let sql = "SELECT s.organization_id, s.connection_id FROM sync_cursors s
        JOIN organization_integrations c ON c.id = s.connection_id
        WHERE s.due_at <= $1 AND s.target = $2 AND c.is_enabled AND c.status <> 'needs_reconnect'
          AND (c.paused_until IS NULL OR c.paused_until <= $1)
        ORDER BY s.due_at, s.id LIMIT $3";
    tx.query(sql, params![now, DEALS, limit]).all().await
}

/// Schedules the next poll. Returns false if another server has scheduled it already.
pub async fn postpone(
    tx: &mut Tx,
    organization: &OrganizationId,
    connection: &ConnectionId,
    until: Timestamp,
    now: Timestamp,
) -> Result<bool> {
    let sql = "UPDATE sync_cursors SET due_at = $1
        WHERE organization_id = $2 AND connection_id = $3 AND target = $4 AND due_at <= $5";
    tx.query(sql, params![until, organization, connection, DEALS, now]).affects_rows().await
}

/// Adds missing cursors for connections whose provider has deals, for example for connections that are older than polling.
pub async fn insert_missing(tx: &mut Tx, now: Timestamp) -> Result<()> {
    let sql = "INSERT INTO sync_cursors (id, organization_id, connection_id, target, cursor, due_at, interval_s)
        SELECT 'cur_' || c.id, c.organization_id, c.id, $1, '{}', $2, 0 FROM organization_integrations c
        JOIN integrations i ON i.id = c.integration_id
        WHERE i.has_deals AND NOT EXISTS (SELECT 1 FROM sync_cursors s WHERE s.connection_id = c.id AND s.target = $1)
        ON CONFLICT (connection_id, target) DO NOTHING";
    tx.query(sql, params![DEALS, now]).execute().await
}

/// Makes the next poll due at `due_at`, unless the poll is already due earlier.
pub async fn expedite(tx: &mut Tx, organization: &OrganizationId, connection: &ConnectionId, due_at: Timestamp) -> Result<()> {
    let sql = "UPDATE sync_cursors SET due_at = $1
        WHERE organization_id = $2 AND connection_id = $3 AND target = $4 AND due_at > $1";
    tx.query(sql, params![due_at, organization, connection, DEALS]).execute().await
}

/// Sets the due time of the next poll, even if a poll is due now.
pub async fn reschedule(tx: &mut Tx, organization: &OrganizationId, connection: &ConnectionId, due_at: Timestamp) -> Result<()> {
    let sql = "UPDATE sync_cursors SET due_at = $1 WHERE organization_id = $2 AND connection_id = $3 AND target = $4";
    tx.query(sql, params![due_at, organization, connection, DEALS]).execute().await
}

/// Records a successful poll, and the interval until the next poll.
pub async fn record_poll(tx: &mut Tx, organization: &OrganizationId, connection: &ConnectionId, interval_s: i64) -> Result<()> {
    let sql = "UPDATE sync_cursors SET interval_s = $1, last_error = NULL
        WHERE organization_id = $2 AND connection_id = $3 AND target = $4";
    tx.query(sql, params![interval_s, organization, connection, DEALS]).execute().await
}

pub async fn record_event(tx: &mut Tx, organization: &OrganizationId, connection: &ConnectionId, now: Timestamp) -> Result<()> {
    let sql = "UPDATE sync_cursors SET last_event_at = $1 WHERE organization_id = $2 AND connection_id = $3 AND target = $4";
    tx.query(sql, params![now, organization, connection, DEALS]).execute().await
}

/// Records a failed poll, and the due time of the next poll. `error` is `None` if the failure is transient.
pub async fn record_failure(
    tx: &mut Tx,
    organization: &OrganizationId,
    connection: &ConnectionId,
    due_at: Timestamp,
    error: Option<&str>,
) -> Result<()> {
    let sql = "UPDATE sync_cursors SET due_at = $1, last_error = $2
        WHERE organization_id = $3 AND connection_id = $4 AND target = $5";
    tx.query(sql, params![due_at, error, organization, connection, DEALS]).execute().await
}
