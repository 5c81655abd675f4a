//! Many deliveries in three statements: each with its job and the first line of its timeline.

use super::{
    Result, Tx,
    deliveries::{NewDelivery, waiting_key},
    json_rows::over_rows,
};
use crate::{
    domain::{
        ids::{ActivityId, ConnectionId, DeliveryId, JobId, OrganizationId},
        time::Timestamp,
        timeline::ActivityKind,
    },
    random::new_id,
};
use serde_json::{Value, json};

const DELIVERIES: (&str, &str) = over_rows!(
    "INSERT INTO webhook_deliveries (id, organization_id, connection_id, opportunity_id, waiting_key, status, attempts, next_attempt_at, received_at)
     SELECT value ->> 'id', value ->> 'organization', value ->> 'connection', value ->> 'opportunity', value ->> 'waiting_key', 'accepted', 0, $2, $2",
    "ON CONFLICT (waiting_key) DO NOTHING RETURNING id"
);
const JOBS: (&str, &str) = over_rows!(
    "INSERT INTO jobs (id, organization_id, kind, subject_id, lane, status, attempts, run_at, created_at, updated_at)
     SELECT value ->> 'job', value ->> 'organization', 'ingest', value ->> 'id', value ->> 'connection', 'queued', 0, $2, $2, $2",
    ""
);
const ACTIVITY: (&str, &str) = over_rows!(
    "INSERT INTO activity (id, organization_id, delivery_id, connection_id, kind, summary, actor, at)
     SELECT value ->> 'activity', value ->> 'organization', value ->> 'id', value ->> 'connection', $3, 'Salesforce reported the Opportunity', 'Salesforce', $2",
    ""
);

/// A connection that stays until the transaction ends.
#[derive(sqlx::FromRow)]
pub struct HeldConnection {
    /// When the webhook's first call was taken.
    pub trigger_seen_at: Option<Timestamp>,
}

/// Keeps a connection from being removed until the transaction ends; `None` when it is gone. Others may hold it, too.
pub async fn hold_connection(tx: &mut Tx, place: (&OrganizationId, &ConnectionId)) -> Result<Option<HeldConnection>> {
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

/// Adds deliveries unless one of the same Opportunity waits; gives the ids of those that were added.
///
/// On PostgreSQL each waits for whoever adds the same one at that moment, so all add in the same order: two that add the same ones in
/// another order would wait for each other.
pub async fn insert_unless_waiting(tx: &mut Tx, deliveries: &[NewDelivery], now: Timestamp) -> Result<Vec<DeliveryId>> {
    let mut in_order: Vec<&NewDelivery> = deliveries.iter().collect();
    in_order.sort_by_cached_key(|delivery| waiting_key(&delivery.connection_id, &delivery.opportunity_id));
    let added: Vec<(DeliveryId,)> =
        tx.either(DELIVERIES.0, DELIVERIES.1).bind(as_json(in_order.into_iter())).bind(now).all().await?;
    Ok(added.into_iter().map(|row| row.0).collect())
}

/// Queues the job of each delivery.
pub async fn insert_jobs<'a>(tx: &mut Tx, deliveries: impl Iterator<Item = &'a NewDelivery>, now: Timestamp) -> Result<()> {
    tx.either(JOBS.0, JOBS.1).bind(as_json(deliveries)).bind(now).execute().await.map(drop)
}

/// Adds the first line of each delivery's timeline.
pub async fn insert_activity<'a>(tx: &mut Tx, deliveries: impl Iterator<Item = &'a NewDelivery>, now: Timestamp) -> Result<()> {
    let kind = ActivityKind::WebhookReceived.as_str();
    tx.either(ACTIVITY.0, ACTIVITY.1).bind(as_json(deliveries)).bind(now).bind(kind).execute().await.map(drop)
}

fn as_json<'a>(deliveries: impl Iterator<Item = &'a NewDelivery>) -> String {
    let rows: Vec<Value> = deliveries.map(row).collect();
    Value::from(rows).to_string()
}

/// A delivery with new ids for its job and its line.
fn row(delivery: &NewDelivery) -> Value {
    let (job, activity): (JobId, ActivityId) = (new_id(), new_id());
    let (connection, opportunity) = (&delivery.connection_id, &delivery.opportunity_id);
    json!({
        "id": delivery.id, "organization": delivery.organization_id, "connection": connection, "opportunity": opportunity,
        "waiting_key": waiting_key(connection, opportunity), "job": job, "activity": activity,
    })
}
