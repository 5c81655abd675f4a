//! `deliveries`: what came of each accepted event.

pub mod ingestion;
pub mod webhook_messages;

use super::{ReadConnection, Result, Tx, is_unique_violation};
use crate::{
    domain::{
        connection::record::{RecordId, RecordKind, RecordRef},
        delivery::{DeliveryStatus, Origin},
        ids::{ConnectionId, ContractId, DeliveryId, OrganizationId},
        page::PageRequest,
        time::Timestamp,
    },
    random::new_id,
};

/// A delivery.
#[derive(Clone, sqlx::FromRow)]
pub struct DeliveryRow {
    /// Its id.
    pub id: DeliveryId,
    /// The organization.
    pub organization_id: OrganizationId,
    /// The connection whose record it is.
    pub connection_id: ConnectionId,
    /// What the record is.
    pub record_type: RecordKind,
    /// Its id at the provider.
    pub record_id: RecordId,
    /// How we learned of it.
    pub origin: Origin,
    /// Where it stands.
    pub status: DeliveryStatus,
    /// How often it was tried.
    pub attempts: i64,
    /// When it is tried next.
    pub next_attempt_at: Option<Timestamp>,
    /// The contract that came of it.
    pub contract_id: Option<ContractId>,
    /// What went wrong last, for people.
    pub error: Option<String>,
    /// When we learned of it.
    pub received_at: Timestamp,
}

/// A delivery to add.
#[derive(Clone, Debug)]
pub struct NewDelivery {
    /// Its id.
    pub id: DeliveryId,
    /// The organization.
    pub organization_id: OrganizationId,
    /// The connection whose record it is.
    pub connection_id: ConnectionId,
    /// The record.
    pub record: RecordRef,
    /// How we learned of it.
    pub origin: Origin,
}

impl NewDelivery {
    /// A delivery of a record of a connection of an organization.
    pub fn new((organization, connection): (&OrganizationId, &ConnectionId), record: RecordRef, origin: Origin) -> Self {
        Self { id: new_id(), organization_id: organization.clone(), connection_id: connection.clone(), record, origin }
    }
}

impl DeliveryRow {
    /// The record.
    pub fn record(&self) -> RecordRef {
        RecordRef { kind: self.record_type, id: self.record_id.clone() }
    }
}

/// Set while a delivery waits, and unique.
pub(super) fn waiting_key(connection: &ConnectionId, record: &RecordRef) -> String {
    format!("{connection}:{}:{}", record.kind.as_str(), record.id)
}

/// The delivery of that record that waits.
pub async fn find_waiting(tx: &mut ReadConnection, connection: &ConnectionId, record: &RecordRef) -> Result<Option<DeliveryId>> {
    let row: Option<(DeliveryId,)> =
        tx.query("SELECT id FROM deliveries WHERE waiting_key = $1").bind(waiting_key(connection, record)).optional().await?;
    Ok(row.map(|row| row.0))
}

/// The newest delivery of a record.
pub async fn latest_of(
    tx: &mut ReadConnection,
    organization: &OrganizationId,
    connection: &ConnectionId,
    record: &RecordRef,
) -> Result<Option<DeliveryRow>> {
    tx.query(
        "SELECT * FROM deliveries
         WHERE organization_id = $1 AND connection_id = $2 AND record_type = $3 AND record_id = $4 ORDER BY id DESC LIMIT 1",
    )
    .bind(organization)
    .bind(connection)
    .bind(record.kind)
    .bind(&record.id)
    .optional()
    .await
}

/// One delivery of the organization.
pub async fn find(tx: &mut ReadConnection, organization: &OrganizationId, id: &DeliveryId) -> Result<Option<DeliveryRow>> {
    tx.query("SELECT * FROM deliveries WHERE organization_id = $1 AND id = $2").bind(organization).bind(id).optional().await
}

/// A connection's deliveries, newest first, one more than the page holds.
pub async fn list(
    tx: &mut ReadConnection,
    organization: &OrganizationId,
    connection: &ConnectionId,
    before: Option<&DeliveryId>,
    page: &PageRequest,
) -> Result<Vec<DeliveryRow>> {
    tx.query(
        "SELECT * FROM deliveries
         WHERE organization_id = $1 AND connection_id = $2 AND ($3 = '' OR id < $3)
         ORDER BY id DESC LIMIT $4",
    )
    .bind(organization)
    .bind(connection)
    .bind(before.map_or("", DeliveryId::as_str))
    .bind(page.limit() + 1)
    .all()
    .await
}

/// Notes that work has begun. From here on a new call makes a new delivery.
pub async fn begin(tx: &mut Tx, organization: &OrganizationId, id: &DeliveryId, attempts: i64) -> Result<()> {
    tx.query(
        "UPDATE deliveries SET status = 'processing', waiting_key = NULL, attempts = $1, next_attempt_at = NULL
         WHERE organization_id = $2 AND id = $3",
    )
    .bind(attempts)
    .bind(organization)
    .bind(id)
    .execute()
    .await
    .map(drop)
}

/// Takes back the attempt that was counted when work began, because nothing was tried.
pub async fn forget_attempt(tx: &mut Tx, organization: &OrganizationId, id: &DeliveryId) -> Result<()> {
    let sql = "UPDATE deliveries SET attempts = attempts - 1 WHERE organization_id = $1 AND id = $2";
    tx.query(sql).bind(organization).bind(id).execute().await.map(drop)
}

/// Lets a delivery wait: for its next attempt, or parked. It takes the place of the one that waits only when there is none.
pub async fn wait(
    tx: &mut Tx,
    row: &DeliveryRow,
    status: DeliveryStatus,
    next_attempt_at: Option<Timestamp>,
    error: Option<&str>,
) -> Result<()> {
    let key = waiting_key(&row.connection_id, &row.record());
    let next = (status, next_attempt_at, error);
    // On PostgreSQL the intake may have added one that no other transaction sees yet. This waits for its commit, and then there is one.
    tx.query("SAVEPOINT waiting").execute().await?;
    match set_waiting(tx, row, next, Some(&key)).await {
        Err(error) if is_unique_violation(&error) => {
            tx.query("ROLLBACK TO SAVEPOINT waiting").execute().await?;
            set_waiting(tx, row, next, None).await?;
        }
        waiting => waiting?,
    }
    tx.query("RELEASE SAVEPOINT waiting").execute().await.map(drop)
}

async fn set_waiting(
    tx: &mut Tx,
    row: &DeliveryRow,
    (status, next_attempt_at, error): (DeliveryStatus, Option<Timestamp>, Option<&str>),
    key: Option<&str>,
) -> Result<()> {
    tx.query(
        "UPDATE deliveries SET status = $1, next_attempt_at = $2, error = $3,
             waiting_key = CASE WHEN EXISTS (SELECT 1 FROM deliveries other WHERE other.waiting_key = $4 AND other.id <> $5) THEN NULL ELSE $4 END
         WHERE organization_id = $6 AND id = $5",
    )
    .bind(status)
    .bind(next_attempt_at)
    .bind(error)
    .bind(key)
    .bind(&row.id)
    .bind(&row.organization_id)
    .execute()
    .await
    .map(drop)
}

/// Ends a delivery: done with a contract, or failed with a reason.
pub async fn finish(
    tx: &mut Tx,
    organization: &OrganizationId,
    id: &DeliveryId,
    outcome: (DeliveryStatus, Option<&ContractId>, Option<&str>),
) -> Result<()> {
    let (status, contract, error) = outcome;
    tx.query(
        "UPDATE deliveries SET status = $1, contract_id = coalesce($2, contract_id), error = $3, waiting_key = NULL, next_attempt_at = NULL
         WHERE organization_id = $4 AND id = $5",
    )
    .bind(status)
    .bind(contract)
    .bind(error)
    .bind(organization)
    .bind(id)
    .execute()
    .await
    .map(drop)
}

/// Un-parks a connection's deliveries.
pub async fn unpark(tx: &mut Tx, organization: &OrganizationId, connection: &ConnectionId, now: Timestamp) -> Result<()> {
    tx.query(
        "UPDATE deliveries SET status = 'accepted', next_attempt_at = $1
         WHERE organization_id = $2 AND connection_id = $3 AND status = 'parked'",
    )
    .bind(now)
    .bind(organization)
    .bind(connection)
    .execute()
    .await
    .map(drop)
}

/// Lets a delivery begin anew.
pub async fn restart(tx: &mut Tx, row: &DeliveryRow, now: Timestamp) -> Result<()> {
    wait(tx, row, DeliveryStatus::Accepted, Some(now), None).await?;
    tx.query("UPDATE deliveries SET attempts = 0 WHERE organization_id = $1 AND id = $2")
        .bind(&row.organization_id)
        .bind(&row.id)
        .execute()
        .await
        .map(drop)
}

/// Removes deliveries that ended and came before `before`, with the lines of a timeline that belong to no contract and are not audited; not
/// more than `limit`.
pub async fn delete_ended(tx: &mut Tx, before: Timestamp, limit: i64) -> Result<u64> {
    tx.query(
        "DELETE FROM activity WHERE contract_id IS NULL AND NOT is_audit AND delivery_id IN (
             SELECT id FROM deliveries WHERE status IN ('done', 'failed') AND received_at < $1 ORDER BY received_at, id LIMIT $2)",
    )
    .bind(before)
    .bind(limit)
    .execute()
    .await?;
    tx.query(
        "DELETE FROM deliveries WHERE id IN (
             SELECT id FROM deliveries WHERE status IN ('done', 'failed') AND received_at < $1 ORDER BY received_at, id LIMIT $2)",
    )
    .bind(before)
    .bind(limit)
    .execute()
    .await
}
