pub mod attempts;
pub mod delivery_events;
pub mod failed;
pub mod ingestion;
pub mod webhook_messages;

use super::contracts::contract_links::LinkRow;
use super::engine::json_rows::{as_json, over_rows};
use super::{ReadConnection, Result, Tx, is_unique_violation, params};
use crate::domain::delivery::{DeliveryFilter, DeliveryStatus, Origin};
use crate::domain::ids::{ConnectionId, ContractId, DeliveryId, OrganizationId};
use crate::domain::page::PageRequest;
use crate::domain::record::{RecordId, RecordKind, RecordRef};
use crate::domain::time::Timestamp;
use crate::random::new_id;

/// Lower bound if no start is given.
const EARLIEST: Timestamp = Timestamp::from_millis(0);

#[derive(Clone, sqlx::FromRow)]
pub struct DeliveryRow {
    pub id: DeliveryId,
    pub organization_id: OrganizationId,
    pub connection_id: ConnectionId,
    pub record_type: RecordKind,
    pub record_id: RecordId,
    pub origin: Origin,
    /// Whether the trigger rule is applied when the delivery is processed.
    pub applies_rule: bool,
    /// Provider's id of the file that a user has chosen; `None` if the file rule chooses.
    pub file_id: Option<String>,
    pub status: DeliveryStatus,
    pub attempts: i64,
    pub next_attempt_at: Option<Timestamp>,
    /// Contract that the delivery created or updated.
    pub contract_id: Option<ContractId>,
    pub error: Option<String>,
    pub received_at: Timestamp,
}

#[derive(Clone, Debug)]
pub struct NewDelivery {
    pub id: DeliveryId,
    pub organization_id: OrganizationId,
    pub connection_id: ConnectionId,
    pub record: RecordRef,
    pub origin: Origin,
    pub applies_rule: bool,
    pub file_id: Option<String>,
}

impl NewDelivery {
    pub fn new(organization: &OrganizationId, connection: &ConnectionId, record: RecordRef, origin: Origin) -> Self {
        Self {
            id: new_id(),
            organization_id: organization.clone(),
            connection_id: connection.clone(),
            record,
            origin,
            applies_rule: false,
            file_id: None,
        }
    }

    /// Makes processing skip the delivery if the record does not match the trigger rule at that time.
    #[must_use]
    pub fn with_rule(self) -> Self {
        Self { applies_rule: true, ..self }
    }
}

impl DeliveryRow {
    pub fn record(&self) -> RecordRef {
        RecordRef { kind: self.record_type, id: self.record_id.clone() }
    }
}

/// Key of a waiting delivery. A unique index ensures that a record has at most one waiting delivery whose file the rule chooses,
/// and one whose file a user has chosen. Neither delivery replaces the other, because the two files can differ.
pub(super) fn waiting_key(connection: &ConnectionId, record: &RecordRef, file_id: Option<&str>) -> String {
    let suffix = if file_id.is_some() { ":file" } else { "" };
    format!("{connection}:{}:{}{suffix}", record.kind.into_str(), record.id)
}

pub async fn find_waiting(tx: &mut ReadConnection, connection: &ConnectionId, record: &RecordRef) -> Result<Option<DeliveryId>> {
    tx.query("SELECT id FROM deliveries WHERE waiting_key = $1", params![waiting_key(connection, record, None)])
        .optional_scalar()
        .await
}

const OPEN: (&str, &str) = over_rows!(
    "SELECT DISTINCT record_id FROM deliveries WHERE organization_id = $2 AND connection_id = $3
         AND status IN ('accepted', 'processing', 'parked')
         AND (record_type, record_id) IN (SELECT value ->> 'type', value ->> 'id'",
    ")"
);

/// Returns those of the given records that have an unfinished delivery.
pub async fn open(
    tx: &mut ReadConnection,
    organization: &OrganizationId,
    connection: &ConnectionId,
    records: &[RecordRef],
) -> Result<Vec<RecordId>> {
    let records = as_json(records.iter())?;
    tx.either(OPEN.0, OPEN.1, params![records, organization, connection]).scalars().await
}

/// Replaces the file of the waiting delivery that imports a chosen file of the record. Returns `None` if no such delivery waits.
pub async fn set_chosen_file(
    tx: &mut Tx,
    organization: &OrganizationId,
    connection: &ConnectionId,
    record: &RecordRef,
    file_id: &str,
) -> Result<Option<DeliveryId>> {
    let key = waiting_key(connection, record, Some(file_id));
    let sql = "UPDATE deliveries SET file_id = $1 WHERE organization_id = $2 AND waiting_key = $3 RETURNING id";
    tx.query(sql, params![file_id, organization, key]).optional_scalar().await
}

/// Returns true if a user has chosen a file of the same record in a later delivery.
pub async fn has_later_choice(tx: &mut ReadConnection, row: &DeliveryRow) -> Result<bool> {
    let DeliveryRow { id, organization_id, connection_id, record_type, record_id, .. } = row;
    let sql = "SELECT id FROM deliveries
        WHERE organization_id = $1 AND connection_id = $2 AND record_type = $3 AND record_id = $4 AND id > $5
          AND file_id IS NOT NULL
        LIMIT 1";
    let later = tx.query(sql, params![organization_id, connection_id, *record_type, record_id, id]);
    let later: Option<DeliveryId> = later.optional_scalar().await?;
    Ok(later.is_some())
}

/// Finds the newest delivery of a record.
pub async fn latest_of(
    tx: &mut ReadConnection,
    organization: &OrganizationId,
    connection: &ConnectionId,
    record: &RecordRef,
) -> Result<Option<DeliveryRow>> {
    let sql = "SELECT * FROM deliveries
        WHERE organization_id = $1 AND connection_id = $2 AND record_type = $3 AND record_id = $4 ORDER BY id DESC LIMIT 1";
    tx.query(sql, params![organization, connection, record.kind, &record.id]).optional().await
}

pub async fn find(tx: &mut ReadConnection, organization: &OrganizationId, id: &DeliveryId) -> Result<Option<DeliveryRow>> {
    tx.query("SELECT * FROM deliveries WHERE organization_id = $1 AND id = $2", params![organization, id]).optional().await
}

macro_rules! list_sql {
    ($condition:literal) => {
        concat!(
            "SELECT * FROM deliveries
             WHERE organization_id = $1 AND connection_id = $2 AND ($3 = '' OR id < $3) AND received_at >= $4 ",
            $condition,
            " ORDER BY id DESC LIMIT $5"
        )
    };
}

/// Lists a connection's deliveries that match the filter, newest first. Returns one row more than the page size if a next page exists.
pub async fn list(
    tx: &mut ReadConnection,
    organization: &OrganizationId,
    connection: &ConnectionId,
    filter: &DeliveryFilter,
    before: Option<&DeliveryId>,
    page: &PageRequest,
) -> Result<Vec<DeliveryRow>> {
    // Statuses are literals, because a parameter would not match the condition of a partial index.
    let sql = match filter.status {
        None => list_sql!(""),
        Some(DeliveryStatus::Accepted) => list_sql!("AND status = 'accepted'"),
        Some(DeliveryStatus::Processing) => list_sql!("AND status = 'processing'"),
        Some(DeliveryStatus::Parked) => list_sql!("AND status = 'parked'"),
        Some(DeliveryStatus::Done) => list_sql!("AND status = 'done'"),
        Some(DeliveryStatus::Failed) => list_sql!("AND status = 'failed'"),
    };
    let (before, since) = (before.map_or("", DeliveryId::as_str), filter.since.unwrap_or(EARLIEST));
    tx.query(sql, params![organization, connection, before, since, page.limit() + 1]).all().await
}

/// Sets the status `processing` and clears the waiting key, so that the record's next event creates a new delivery.
pub async fn begin(tx: &mut Tx, organization: &OrganizationId, id: &DeliveryId, attempts: i64) -> Result<()> {
    let sql = "UPDATE deliveries SET status = 'processing', waiting_key = NULL, attempts = $1, next_attempt_at = NULL
        WHERE organization_id = $2 AND id = $3";
    tx.query(sql, params![attempts, organization, id]).execute().await
}

/// Decrements the attempt counter after a postponed attempt, which [`begin`] has counted.
pub async fn undo_attempt(tx: &mut Tx, organization: &OrganizationId, id: &DeliveryId) -> Result<()> {
    let sql = "UPDATE deliveries SET attempts = attempts - 1 WHERE organization_id = $1 AND id = $2";
    tx.query(sql, params![organization, id]).execute().await
}

/// Schedules the next attempt of a delivery, or parks the delivery. Sets the waiting key unless another delivery of the record
/// has it.
pub async fn wait(
    tx: &mut Tx,
    row: &DeliveryRow,
    status: DeliveryStatus,
    next_attempt_at: Option<Timestamp>,
    error: Option<&str>,
) -> Result<()> {
    let key = waiting_key(&row.connection_id, &row.record(), row.file_id.as_deref());
    let row = DeliveryRow { status, next_attempt_at, error: error.map(str::to_owned), ..row.clone() };
    // On PostgreSQL, if a concurrent ingestion inserts the same key, the update waits for its commit and then fails. The
    // savepoint keeps the transaction usable.
    tx.query("SAVEPOINT waiting", params![]).execute().await?;
    match set_waiting(tx, &row, Some(&key)).await {
        Err(error) if is_unique_violation(&error) => {
            tx.query("ROLLBACK TO SAVEPOINT waiting", params![]).execute().await?;
            set_waiting(tx, &row, None).await?;
        }
        result => result?,
    }
    tx.query("RELEASE SAVEPOINT waiting", params![]).execute().await
}

async fn set_waiting(tx: &mut Tx, row: &DeliveryRow, key: Option<&str>) -> Result<()> {
    tx.query(
        "UPDATE deliveries SET status = $1, next_attempt_at = $2, error = $3,
             waiting_key = CASE WHEN EXISTS (SELECT 1 FROM deliveries other WHERE other.waiting_key = $4 AND other.id <> $5)
                 THEN NULL ELSE $4 END
         WHERE organization_id = $6 AND id = $5",
        params![row.status, row.next_attempt_at, row.error.as_deref(), key, &row.id, &row.organization_id],
    )
    .execute()
    .await
}

/// Sets the final status of a delivery: done with a contract, or failed with an error.
pub async fn finish(
    tx: &mut Tx,
    organization: &OrganizationId,
    id: &DeliveryId,
    status: DeliveryStatus,
    contract: Option<&ContractId>,
    error: Option<&str>,
) -> Result<()> {
    let sql = "UPDATE deliveries SET status = $1, contract_id = coalesce($2, contract_id), error = $3, waiting_key = NULL,
            next_attempt_at = NULL
        WHERE organization_id = $4 AND id = $5";
    tx.query(sql, params![status, contract, error, organization, id]).execute().await
}

pub async fn unpark(tx: &mut Tx, organization: &OrganizationId, connection: &ConnectionId, now: Timestamp) -> Result<()> {
    let sql = "UPDATE deliveries SET status = 'accepted', next_attempt_at = $1
        WHERE organization_id = $2 AND connection_id = $3 AND status = 'parked'";
    tx.query(sql, params![now, organization, connection]).execute().await
}

/// Queues a delivery again and resets its attempt counter.
pub async fn restart(tx: &mut Tx, row: &DeliveryRow, now: Timestamp) -> Result<()> {
    wait(tx, row, DeliveryStatus::Accepted, Some(now), None).await?;
    let sql = "UPDATE deliveries SET attempts = 0 WHERE organization_id = $1 AND id = $2";
    tx.query(sql, params![&row.organization_id, &row.id]).execute().await
}

/// Assigns the ended deliveries of a linked deal that have no contract to the contract of the link.
pub async fn assign_ended(tx: &mut Tx, link: &LinkRow) -> Result<()> {
    let sql = "UPDATE deliveries SET contract_id = $1
        WHERE organization_id = $2 AND contract_id IS NULL AND status IN ('done', 'failed') AND record_type = $3 AND record_id = $4
            AND connection_id IN (SELECT id FROM organization_integrations
                WHERE organization_id = $2 AND integration_id = $5 AND external_account_id = $6)";
    let LinkRow { organization_id, contract_id, record_type, record_id, integration_id, account_id, .. } = link;
    tx.query(sql, params![contract_id, organization_id, record_type, record_id, integration_id, account_id]).execute().await
}

/// Removes the timeline entries of a connection's deliveries that led to no contract. The deliveries go with the connection.
pub async fn delete_entries(tx: &mut Tx, organization: &OrganizationId, connection: &ConnectionId) -> Result<()> {
    let sql = "DELETE FROM activity WHERE organization_id = $1 AND contract_id IS NULL AND NOT is_audit
        AND delivery_id IN (SELECT id FROM deliveries WHERE organization_id = $1 AND connection_id = $2)";
    tx.query(sql, params![organization, connection]).execute().await
}

/// Removes up to `limit` finished deliveries that were received before `before`. Also removes their timeline entries, except
/// entries that are audited or belong to a contract.
pub async fn delete_ended(tx: &mut Tx, before: Timestamp, limit: i64) -> Result<u64> {
    let sql = "DELETE FROM activity WHERE contract_id IS NULL AND NOT is_audit AND delivery_id IN (
            SELECT id FROM deliveries WHERE status IN ('done', 'failed') AND received_at < $1
        ORDER BY received_at, id LIMIT $2)";
    tx.query(sql, params![before, limit]).execute().await?;
    let sql = "DELETE FROM deliveries WHERE id IN (
            SELECT id FROM deliveries WHERE status IN ('done', 'failed') AND received_at < $1
        ORDER BY received_at, id LIMIT $2)";
    tx.query(sql, params![before, limit]).rows_affected().await
}
