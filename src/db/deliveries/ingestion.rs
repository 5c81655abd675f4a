//! Inserts a batch of deliveries, their jobs and their first timeline entries with three statements.

use super::{NewDelivery, waiting_key};
use crate::db::engine::json_rows::over_rows;
use crate::db::{ReadConnection, Result, Tx, params, query_locked};
use crate::domain::contract::timeline::ActivityKind;
use crate::domain::ids::{ActivityId, ConnectionId, DeliveryId, JobId, OrganizationId};
use crate::domain::time::Timestamp;
use crate::random::new_id;
use serde_json::{Value, json};

const DELIVERIES: (&str, &str) = over_rows!(
    "INSERT INTO deliveries (id, organization_id, connection_id, record_type, record_id, origin, waiting_key, status,
             attempts, next_attempt_at, received_at)
     SELECT value ->> 'id', value ->> 'organization', value ->> 'connection', value ->> 'record_type', value ->> 'record_id', value ->> 'origin', value ->> 'waiting_key', 'accepted', 0, $2, $2",
    "ON CONFLICT (waiting_key) DO NOTHING RETURNING id"
);
const JOBS: (&str, &str) = over_rows!(
    "INSERT INTO jobs (id, organization_id, kind, subject_id, concurrency_key, status, attempts, run_at, created_at, updated_at)
     SELECT value ->> 'job', value ->> 'organization', 'ingest', value ->> 'id', value ->> 'connection', 'queued', 0, $2, $2, $2",
    ""
);
const ACTIVITY: (&str, &str) = over_rows!(
    "INSERT INTO activity (id, organization_id, delivery_id, connection_id, kind, summary, actor, at)
     SELECT value ->> 'activity', value ->> 'organization', value ->> 'id', value ->> 'connection', $3, value ->> 'summary', value ->> 'reporter', $2",
    ""
);

#[derive(sqlx::FromRow)]
pub struct LockedConnection {
    pub trigger_seen_at: Option<Timestamp>,
}

/// Takes a shared lock on a connection, which prevents its removal until commit; `None` if the connection does not exist.
pub async fn lock_connection(
    tx: &mut ReadConnection,
    organization: &OrganizationId,
    connection: &ConnectionId,
) -> Result<Option<LockedConnection>> {
    query_locked!(
        tx,
        "SELECT trigger_seen_at FROM organization_integrations WHERE organization_id = $1 AND id = $2",
        "FOR KEY SHARE",
        params![organization, connection]
    )
    .optional()
    .await
}

/// Adds deliveries for records without a waiting delivery, and returns the ids of the added deliveries.
///
/// On PostgreSQL, an insert waits for a concurrent insert of the same key. All transactions insert their keys in the same order,
/// which prevents deadlocks.
pub async fn insert_unless_waiting(tx: &mut ReadConnection, new: &[NewDelivery], now: Timestamp) -> Result<Vec<DeliveryId>> {
    let mut in_order: Vec<&NewDelivery> = new.iter().collect();
    in_order.sort_by_cached_key(|delivery| waiting_key(&delivery.connection_id, &delivery.record));
    tx.either(DELIVERIES.0, DELIVERIES.1, params![as_json(in_order.into_iter()), now]).scalars().await
}

pub async fn insert_jobs<'a>(tx: &mut Tx, deliveries: impl Iterator<Item = &'a NewDelivery>, now: Timestamp) -> Result<()> {
    tx.either(JOBS.0, JOBS.1, params![as_json(deliveries), now]).execute().await
}

#[derive(Clone, Copy, Debug)]
pub struct Reporter<'r> {
    /// Name of the provider that sent the delivery.
    pub name: &'r str,
    /// Text of the first timeline entry.
    pub summary: &'r str,
}

pub async fn insert_activity<'a>(
    tx: &mut Tx,
    deliveries: impl Iterator<Item = (&'a NewDelivery, Reporter<'a>)>,
    now: Timestamp,
) -> Result<()> {
    let kind = ActivityKind::WebhookReceived.into_str();
    let rows = deliveries.map(|(delivery, reporter)| {
        let mut row = row(delivery);
        row["summary"] = reporter.summary.into();
        row["reporter"] = reporter.name.into();
        row
    });
    let rows = Value::from_iter(rows).to_string();
    tx.either(ACTIVITY.0, ACTIVITY.1, params![rows, now, kind]).execute().await
}

fn as_json<'a>(deliveries: impl Iterator<Item = &'a NewDelivery>) -> String {
    Value::from_iter(deliveries.map(row)).to_string()
}

/// JSON of a delivery, with new ids for its job and its timeline entry.
fn row(delivery: &NewDelivery) -> Value {
    let (job, activity): (JobId, ActivityId) = (new_id(), new_id());
    let NewDelivery { id, organization_id, connection_id, record, origin } = delivery;
    json!({
        "id": id, "organization": organization_id, "connection": connection_id, "record_type": record.kind.into_str(),
        "record_id": record.id, "origin": origin.into_str(), "waiting_key": waiting_key(connection_id, record), "job": job,
        "activity": activity,
    })
}
