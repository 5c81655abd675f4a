//! `delivery_events`: keys of known events, so that an event leads to at most one delivery.

use crate::db::engine::json_rows::{as_json, over_rows};
use crate::db::{ReadConnection, Result, Tx, params};
use crate::domain::ids::{ConnectionId, DeliveryId, OrganizationId};
use crate::domain::time::Timestamp;
use serde::Serialize;

const INSERT: (&str, &str) = over_rows!(
    "INSERT INTO delivery_events (connection_id, event_key, organization_id, delivery_id, at)
     SELECT value ->> 'connection', value ->> 'key', value ->> 'organization', value ->> 'delivery', $2",
    "ON CONFLICT (connection_id, event_key) DO NOTHING RETURNING event_key, delivery_id"
);
const REPORTED: (&str, &str) = over_rows!(
    "SELECT e.event_key FROM delivery_events e JOIN deliveries d ON d.id = e.delivery_id
     WHERE e.organization_id = $2 AND e.connection_id = $3 AND d.origin <> 'poll' AND e.event_key IN (SELECT value ->> 'key'",
    ")"
);

#[derive(Clone, Debug, Serialize)]
pub struct NewEvent<'a> {
    pub organization: &'a OrganizationId,
    pub connection: &'a ConnectionId,
    pub key: String,
    /// Id of the delivery; empty if the event leads to no delivery.
    pub delivery: String,
}

#[derive(Clone, Debug, sqlx::FromRow)]
pub struct RecordedEvent {
    pub event_key: String,
    pub delivery_id: String,
}

/// Records events, except known events. Returns the recorded events.
///
/// On PostgreSQL, an insert waits for a concurrent insert of the same key. All transactions insert the keys in sorted order,
/// which prevents deadlocks.
pub async fn insert_unless_known(tx: &mut Tx, mut events: Vec<NewEvent<'_>>, now: Timestamp) -> Result<Vec<RecordedEvent>> {
    if events.is_empty() {
        return Ok(Vec::new());
    }
    // Uses a stable sort, because the first of several events with the same key must be recorded.
    events.sort_by(|a, b| (a.connection.as_str(), &a.key).cmp(&(b.connection.as_str(), &b.key)));
    let rows = as_json(events.iter())?;
    tx.either(INSERT.0, INSERT.1, params![rows, now]).all().await
}

/// Assigns an event to another delivery.
pub async fn set_delivery(
    tx: &mut Tx,
    organization: &OrganizationId,
    connection: &ConnectionId,
    key: &str,
    delivery: &DeliveryId,
) -> Result<()> {
    let sql = "UPDATE delivery_events SET delivery_id = $1
        WHERE organization_id = $2 AND connection_id = $3 AND event_key = $4";
    tx.query(sql, params![delivery, organization, connection, key]).execute().await
}

/// Finds the events among `keys` that the provider or a user reported before a poll found them.
pub async fn reported_first(
    tx: &mut ReadConnection,
    organization: &OrganizationId,
    connection: &ConnectionId,
    keys: &[NewEvent<'_>],
) -> Result<Vec<String>> {
    let keys = as_json(keys.iter())?;
    tx.either(REPORTED.0, REPORTED.1, params![keys, organization, connection]).scalars().await
}

/// Returns the delivery of an event: `None` if the event is unknown, an empty id if the event led to no delivery.
pub async fn find(
    tx: &mut ReadConnection,
    organization: &OrganizationId,
    connection: &ConnectionId,
    key: &str,
) -> Result<Option<String>> {
    let sql = "SELECT delivery_id FROM delivery_events WHERE organization_id = $1 AND connection_id = $2 AND event_key = $3";
    tx.query(sql, params![organization, connection, key]).optional_scalar().await
}
