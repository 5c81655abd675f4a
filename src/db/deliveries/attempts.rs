//! `delivery_attempts`: the steps of each attempt of a delivery.

use crate::db::engine::json_rows::{as_json, over_rows};
use crate::db::{ReadConnection, Result, Tx, params};
use crate::domain::delivery_steps::DeliveryStep;
use crate::domain::ids::{Attempt, AttemptId, DeliveryId, OrganizationId};
use crate::domain::time::Timestamp;
use crate::random::new_id;
use serde_json::{Value, json};
use sqlx::types::Json;

/// Maximum number of kept attempts per delivery.
pub const MAX_ATTEMPTS: i64 = 50;

pub struct NewAttempt<'a> {
    pub organization: &'a OrganizationId,
    pub delivery: &'a DeliveryId,
    /// Number of the attempt since the delivery was last requested.
    pub number: i64,
    /// Postponed attempts are not counted. A delivery keeps one for each number.
    pub is_postponed: bool,
    pub started_at: Timestamp,
    pub ended_at: Timestamp,
    pub steps: Vec<DeliveryStep>,
}

#[derive(sqlx::FromRow)]
pub struct AttemptRow {
    pub started_at: Timestamp,
    pub ended_at: Timestamp,
    pub steps: Json<Vec<DeliveryStep>>,
}

/// Adds an attempt, and removes the oldest attempts of the delivery above the limit. Has no effect if the delivery was removed.
pub async fn insert(tx: &mut Tx, attempt: NewAttempt<'_>) -> Result<()> {
    let NewAttempt { organization, delivery, number, is_postponed, started_at, ended_at, steps } = attempt;
    if is_postponed {
        let sql =
            "DELETE FROM delivery_attempts WHERE organization_id = $1 AND delivery_id = $2 AND attempt = $3 AND is_postponed";
        tx.query(sql, params![organization, delivery, number]).execute().await?;
    }
    let id: AttemptId = new_id();
    let sql =
        "INSERT INTO delivery_attempts (id, organization_id, delivery_id, attempt, is_postponed, started_at, ended_at, steps)
        SELECT $1, organization_id, id, $2, $3, $4, $5, $6 FROM deliveries WHERE organization_id = $7 AND id = $8";
    tx.query(sql, params![id, number, is_postponed, started_at, ended_at, Json(steps), organization, delivery]).execute().await?;
    let sql = "DELETE FROM delivery_attempts WHERE organization_id = $1 AND delivery_id = $2 AND id NOT IN (
            SELECT id FROM delivery_attempts WHERE delivery_id = $2 ORDER BY id DESC LIMIT $3)";
    tx.query(sql, params![organization, delivery, MAX_ATTEMPTS]).execute().await
}

const MANY: (&str, &str) = over_rows!(
    "INSERT INTO delivery_attempts (id, organization_id, delivery_id, attempt, is_postponed, started_at, ended_at, steps)
     SELECT value ->> 'id', $2, value ->> 'delivery', 0, FALSE, $3, $3, $4",
    ""
);

/// Adds the same step to many deliveries, which must exist.
pub async fn insert_for_all(
    tx: &mut Tx,
    organization: &OrganizationId,
    deliveries: &[DeliveryId],
    step: DeliveryStep,
) -> Result<()> {
    let row = |delivery: &DeliveryId| -> Value { json!({ "id": new_id::<Attempt>(), "delivery": delivery }) };
    let (rows, at) = (as_json(deliveries.iter().map(row))?, step.at);
    tx.either(MANY.0, MANY.1, params![rows, organization, at, Json(vec![step])]).execute().await
}

/// Lists the attempts of a delivery, oldest first.
pub async fn list(tx: &mut ReadConnection, organization: &OrganizationId, delivery: &DeliveryId) -> Result<Vec<AttemptRow>> {
    let sql = "SELECT started_at, ended_at, steps FROM delivery_attempts
        WHERE organization_id = $1 AND delivery_id = $2 ORDER BY id DESC LIMIT $3";
    let mut rows: Vec<AttemptRow> = tx.query(sql, params![organization, delivery, MAX_ATTEMPTS]).all().await?;
    rows.reverse();
    Ok(rows)
}
