//! Failed deliveries of a connection, and their repetition in one transaction.

use super::EARLIEST;
use crate::db::engine::json_rows::{as_json, over_rows};
use crate::db::{ReadConnection, Result, Tx, params};
use crate::domain::ids::{ConnectionId, DeliveryId, Job, OrganizationId};
use crate::domain::time::Timestamp;
use crate::random::new_id;
use serde_json::json;
use std::collections::HashSet;

/// Upper bound if no end is given.
const LATEST: Timestamp = Timestamp::from_millis(253_370_764_800_000);

/// Half-open range of the times at which deliveries were received.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ReceivedRange {
    pub since: Option<Timestamp>,
    pub until: Option<Timestamp>,
}

/// Lists the ids of up to `limit` failed deliveries, oldest first.
pub async fn list(
    tx: &mut ReadConnection,
    organization: &OrganizationId,
    connection: &ConnectionId,
    range: ReceivedRange,
    limit: i64,
) -> Result<Vec<DeliveryId>> {
    let sql = "SELECT id FROM deliveries
        WHERE organization_id = $1 AND connection_id = $2 AND status = 'failed' AND received_at >= $3 AND received_at < $4
        ORDER BY id LIMIT $5";
    let (since, until) = (range.since.unwrap_or(EARLIEST), range.until.unwrap_or(LATEST));
    tx.query(sql, params![organization, connection, since, until, limit]).scalars().await
}

/// Counts failed deliveries, up to `limit`.
pub async fn count(
    tx: &mut ReadConnection,
    organization: &OrganizationId,
    connection: &ConnectionId,
    range: ReceivedRange,
    limit: i64,
) -> Result<i64> {
    let sql = "SELECT count(*) FROM (SELECT id FROM deliveries
        WHERE organization_id = $1 AND connection_id = $2 AND status = 'failed' AND received_at >= $3 AND received_at < $4
        LIMIT $5) AS found";
    let (since, until) = (range.since.unwrap_or(EARLIEST), range.until.unwrap_or(LATEST));
    tx.query(sql, params![organization, connection, since, until, limit]).scalar().await
}

const RESTART: (&str, &str) = (
    "UPDATE deliveries SET status = 'accepted', attempts = 0, next_attempt_at = $2, error = NULL
     WHERE organization_id = $3 AND status = 'failed' AND id IN (SELECT value FROM json_each($1)) RETURNING id",
    "UPDATE deliveries SET status = 'accepted', attempts = 0, next_attempt_at = $2, error = NULL
     WHERE organization_id = $3 AND status = 'failed' AND id IN (SELECT jsonb_array_elements_text($1::jsonb)) RETURNING id",
);
const JOBS: (&str, &str) = (
    "UPDATE jobs SET status = 'queued', attempts = 0, lost_claims = 0, run_at = $2, created_at = $2, updated_at = $2, error = NULL
     WHERE organization_id = $3 AND kind = 'ingest' AND status IN ('queued', 'parked', 'dead')
       AND subject_id IN (SELECT value FROM json_each($1)) RETURNING subject_id",
    "UPDATE jobs SET status = 'queued', attempts = 0, lost_claims = 0, run_at = $2, created_at = $2, updated_at = $2, error = NULL
     WHERE organization_id = $3 AND kind = 'ingest' AND status IN ('queued', 'parked', 'dead')
       AND subject_id IN (SELECT jsonb_array_elements_text($1::jsonb)) RETURNING subject_id",
);
const NEW_JOBS: (&str, &str) = over_rows!(
    "INSERT INTO jobs (id, organization_id, kind, subject_id, concurrency_key, status, attempts, run_at, created_at, updated_at)
     SELECT value ->> 'job', $3, 'ingest', value ->> 'delivery', $4, 'queued', 0, $2, $2, $2",
    ""
);

/// Queues failed deliveries again and resets their attempts. Returns the deliveries that were still failed. They get no waiting
/// key: a new event of the same record creates a delivery, which finds that the contract is up to date.
pub async fn restart(
    tx: &mut Tx,
    organization: &OrganizationId,
    connection: &ConnectionId,
    deliveries: &[DeliveryId],
    now: Timestamp,
) -> Result<Vec<DeliveryId>> {
    let ids = as_json(deliveries.iter())?;
    let restarted: Vec<DeliveryId> = tx.either(RESTART.0, RESTART.1, params![ids, now, organization]).scalars().await?;
    let ids = as_json(restarted.iter())?;
    let with_job: Vec<DeliveryId> = tx.either(JOBS.0, JOBS.1, params![ids, now, organization]).scalars().await?;
    let with_job: HashSet<&str> = with_job.iter().map(DeliveryId::as_str).collect();
    let without_job = restarted.iter().filter(|delivery| !with_job.contains(delivery.as_str()));
    let job = |delivery: &DeliveryId| json!({ "job": new_id::<Job>(), "delivery": delivery });
    let rows = as_json(without_job.map(job))?;
    tx.either(NEW_JOBS.0, NEW_JOBS.1, params![rows, now, organization, connection]).execute().await?;
    Ok(restarted)
}
