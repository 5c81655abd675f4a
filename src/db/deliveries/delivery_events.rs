//! `delivery_events`: keys of the events that are known, so that an event leads to at most one delivery.

use crate::db::{ReadConnection, Result, Tx, params};
use crate::domain::ids::{ConnectionId, DeliveryId, OrganizationId};
use crate::domain::time::Timestamp;

/// A known event. `delivery_id` is empty if the event is from before the start of the connection.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct EventRow {
    pub connection_id: ConnectionId,
    pub event_key: String,
    pub organization_id: OrganizationId,
    pub delivery_id: String,
    pub at: Timestamp,
}

/// Records an event. Returns false if the event is known already.
pub async fn insert_if_absent(tx: &mut Tx, row: &EventRow) -> Result<bool> {
    let EventRow { connection_id, event_key, organization_id, delivery_id, at } = row;
    let sql = "INSERT INTO delivery_events (connection_id, event_key, organization_id, delivery_id, at)
        VALUES ($1, $2, $3, $4, $5) ON CONFLICT (connection_id, event_key) DO NOTHING";
    tx.query(sql, params![connection_id, event_key, organization_id, delivery_id, *at]).affects_rows().await
}

/// Finds the delivery of an event: `None` if the event is unknown, and an empty id for an event from before the start.
pub async fn find(
    tx: &mut ReadConnection,
    organization: &OrganizationId,
    connection: &ConnectionId,
    key: &str,
) -> Result<Option<String>> {
    let sql = "SELECT delivery_id FROM delivery_events WHERE organization_id = $1 AND connection_id = $2 AND event_key = $3";
    tx.query(sql, params![organization, connection, key]).optional_scalar().await
}

/// Points an event to another delivery.
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
