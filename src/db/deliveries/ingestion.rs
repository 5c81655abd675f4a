//! Inserts a batch of deliveries, their jobs and their first timeline entries with three statements.

use super::{NewDelivery, waiting_key};
use crate::db::engine::json_rows::{as_json, over_rows};
use crate::db::{ReadConnection, Result, Tx, params, query_locked};
use crate::domain::contract::timeline::ActivityKind;
use crate::domain::delivery::Origin;
use crate::domain::ids::{ActivityId, ConnectionId, DeliveryId, JobId, OrganizationId};
use crate::domain::record::{RecordId, RecordRef};
use crate::domain::time::Timestamp;
use crate::random::new_id;
use serde::Serialize;

const DELIVERIES: (&str, &str) = over_rows!(
    "INSERT INTO deliveries (id, organization_id, connection_id, record_type, record_id, origin, applies_rule, file_id,
             waiting_key, status, attempts, next_attempt_at, received_at)
     SELECT value ->> 'id', value ->> 'organization', value ->> 'connection', value ->> 'record_type', value ->> 'record_id', value ->> 'origin', value ->> 'applies_rule' = 'true', value ->> 'file_id', value ->> 'waiting_key', 'accepted', 0, $2, $2",
    "ON CONFLICT (waiting_key) DO NOTHING RETURNING id"
);
const JOBS: (&str, &str) = over_rows!(
    "INSERT INTO jobs (id, organization_id, kind, subject_id, concurrency_key, status, attempts, run_at, created_at, updated_at)
     SELECT value ->> 'job', value ->> 'organization', 'ingest', value ->> 'id', value ->> 'connection', 'queued', 0, $2, $2, $2",
    ""
);
const ACTIVITY: (&str, &str) = over_rows!(
    "INSERT INTO activity (id, organization_id, delivery_id, connection_id, kind, summary, actor, at)
     SELECT value ->> 'activity', value ->> 'organization', value ->> 'id', value ->> 'connection', value ->> 'kind', value ->> 'summary', value ->> 'reporter', $2",
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

/// Adds deliveries, except for records that already have a waiting delivery. Returns the ids of the added deliveries.
///
/// On PostgreSQL, an insert waits for a concurrent insert of the same key. All transactions insert the keys in sorted order,
/// which prevents deadlocks.
pub async fn insert_unless_waiting<'a>(
    tx: &mut Tx,
    new: impl IntoIterator<Item = &'a NewDelivery>,
    now: Timestamp,
) -> Result<Vec<DeliveryId>> {
    let mut rows: Vec<Delivery<'_>> = new.into_iter().map(Delivery::new).collect();
    // Uses a stable sort, because the first of several deliveries for a record must be added.
    rows.sort_by(|a, b| a.waiting_key.cmp(&b.waiting_key));
    let rows = as_json(rows.into_iter())?;
    tx.either(DELIVERIES.0, DELIVERIES.1, params![rows, now]).scalars().await
}

#[derive(Clone, sqlx::FromRow)]
pub struct Waiting {
    pub id: DeliveryId,
    pub origin: Origin,
    pub applies_rule: bool,
}

pub async fn find_waiting(tx: &mut ReadConnection, connection: &ConnectionId, record: &RecordRef) -> Result<Option<Waiting>> {
    let sql = "SELECT id, origin, applies_rule FROM deliveries WHERE waiting_key = $1";
    tx.query(sql, params![waiting_key(connection, record, None)]).optional().await
}

/// Exempts a waiting delivery from the trigger rule. Returns false if the delivery no longer waits.
pub async fn waive_rule(tx: &mut Tx, organization: &OrganizationId, delivery: &DeliveryId) -> Result<bool> {
    let sql = "UPDATE deliveries SET applies_rule = FALSE WHERE organization_id = $1 AND id = $2 AND waiting_key IS NOT NULL";
    tx.query(sql, params![organization, delivery]).affects_rows().await
}

#[derive(Clone, Copy, Debug)]
pub struct Reporter<'r> {
    /// Name of the provider that sent the delivery.
    pub name: &'r str,
    /// Text of the first timeline entry.
    pub summary: &'r str,
    pub kind: ActivityKind,
}

/// Queues the job of each delivery, and adds its first timeline entry.
pub async fn insert_jobs<'a>(
    tx: &mut Tx,
    deliveries: impl Iterator<Item = (&'a NewDelivery, Reporter<'a>)>,
    now: Timestamp,
) -> Result<()> {
    let rows = as_json(deliveries.map(|(delivery, reporter)| JobOfDelivery {
        id: &delivery.id,
        organization: &delivery.organization_id,
        connection: &delivery.connection_id,
        job: new_id(),
        activity: new_id(),
        summary: reporter.summary,
        kind: reporter.kind.into_str(),
        reporter: reporter.name,
    }))?;
    tx.either(JOBS.0, JOBS.1, params![rows.as_str(), now]).execute().await?;
    tx.either(ACTIVITY.0, ACTIVITY.1, params![rows, now]).execute().await
}

#[derive(Serialize)]
struct Delivery<'a> {
    id: &'a DeliveryId,
    organization: &'a OrganizationId,
    connection: &'a ConnectionId,
    record_type: &'static str,
    record_id: &'a RecordId,
    origin: &'static str,
    /// `true` or `false` as text, because both engines compare text in the same way.
    applies_rule: String,
    file_id: Option<&'a str>,
    waiting_key: String,
}

impl<'a> Delivery<'a> {
    fn new(new: &'a NewDelivery) -> Self {
        let NewDelivery { id, organization_id, connection_id, record, origin, applies_rule, file_id } = new;
        Self {
            id,
            organization: organization_id,
            connection: connection_id,
            record_type: record.kind.into_str(),
            record_id: &record.id,
            origin: origin.into_str(),
            applies_rule: applies_rule.to_string(),
            file_id: file_id.as_deref(),
            waiting_key: waiting_key(connection_id, record, file_id.as_deref()),
        }
    }
}

#[derive(Serialize)]
struct JobOfDelivery<'a> {
    id: &'a DeliveryId,
    organization: &'a OrganizationId,
    connection: &'a ConnectionId,
    job: JobId,
    activity: ActivityId,
    summary: &'a str,
    kind: &'static str,
    reporter: &'a str,
}
