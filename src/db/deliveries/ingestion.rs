//! Many deliveries in three statements: each with its job and the first line of its timeline.

use super::{NewDelivery, waiting_key};
use crate::{
    db::{ReadConnection, Result, Tx, engine::json_rows::over_rows},
    domain::{
        contract::timeline::ActivityKind,
        ids::{ActivityId, ConnectionId, DeliveryId, JobId, OrganizationId},
        time::Timestamp,
    },
    random::new_id,
};
use serde_json::{Value, json};

const DELIVERIES: (&str, &str) = over_rows!(
    "INSERT INTO deliveries (id, organization_id, connection_id, record_type, record_id, origin, waiting_key, status, attempts, next_attempt_at, received_at)
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

/// A connection that stays until the transaction ends.
#[derive(sqlx::FromRow)]
pub struct HeldConnection {
    /// When the webhook's first call was taken.
    pub trigger_seen_at: Option<Timestamp>,
}

/// Keeps a connection from being removed until the transaction ends; `None` when it is gone. Others may hold it, too.
pub async fn hold_connection(tx: &mut ReadConnection, place: (&OrganizationId, &ConnectionId)) -> Result<Option<HeldConnection>> {
    tx.either(
        // A transaction that writes is the only one.
        "SELECT trigger_seen_at FROM organization_integrations WHERE organization_id = $1 AND id = $2",
        "SELECT trigger_seen_at FROM organization_integrations WHERE organization_id = $1 AND id = $2 FOR KEY SHARE",
    )
    .bind(place.0)
    .bind(place.1)
    .optional()
    .await
}

/// Adds deliveries unless one of the same record waits; gives the ids of those that were added.
///
/// On PostgreSQL each waits for whoever adds the same one at that moment, so all add in the same order: two that add the same ones in
/// another order would wait for each other.
pub async fn insert_unless_waiting(
    tx: &mut ReadConnection,
    deliveries: &[NewDelivery],
    now: Timestamp,
) -> Result<Vec<DeliveryId>> {
    let mut in_order: Vec<&NewDelivery> = deliveries.iter().collect();
    in_order.sort_by_cached_key(|delivery| waiting_key(&delivery.connection_id, &delivery.record));
    let added: Vec<(DeliveryId,)> =
        tx.either(DELIVERIES.0, DELIVERIES.1).bind(as_json(in_order.into_iter())).bind(now).all().await?;
    Ok(added.into_iter().map(|row| row.0).collect())
}

/// Queues the job of each delivery.
pub async fn insert_jobs<'a>(tx: &mut Tx, deliveries: impl Iterator<Item = &'a NewDelivery>, now: Timestamp) -> Result<()> {
    tx.either(JOBS.0, JOBS.1).bind(as_json(deliveries)).bind(now).execute().await.map(drop)
}

/// Who reported deliveries, and in which words.
#[derive(Clone, Copy, Debug)]
pub struct Reporter<'r> {
    /// The provider's name.
    pub name: &'r str,
    /// The first line of a delivery's timeline.
    pub summary: &'r str,
}

/// Adds the first line of each delivery's timeline.
pub async fn insert_activity<'a>(
    tx: &mut Tx,
    deliveries: impl Iterator<Item = (&'a NewDelivery, Reporter<'a>)>,
    now: Timestamp,
) -> Result<()> {
    let kind = ActivityKind::WebhookReceived.as_str();
    let rows = deliveries.map(|(delivery, reporter)| {
        let mut row = row(delivery);
        row["summary"] = reporter.summary.into();
        row["reporter"] = reporter.name.into();
        row
    });
    let rows = Value::from_iter(rows).to_string();
    tx.either(ACTIVITY.0, ACTIVITY.1).bind(rows).bind(now).bind(kind).execute().await.map(drop)
}

fn as_json<'a>(deliveries: impl Iterator<Item = &'a NewDelivery>) -> String {
    Value::from_iter(deliveries.map(row)).to_string()
}

/// A delivery with new ids for its job and its line.
fn row(delivery: &NewDelivery) -> Value {
    let (job, activity): (JobId, ActivityId) = (new_id(), new_id());
    let NewDelivery { id, organization_id, connection_id, record, origin } = delivery;
    json!({
        "id": id, "organization": organization_id, "connection": connection_id, "record_type": record.kind.as_str(),
        "record_id": record.id, "origin": origin.as_str(), "waiting_key": waiting_key(connection_id, record), "job": job,
        "activity": activity,
    })
}
