//! Metrics of the whole installation, and a write test for the readiness check.

use super::{ReadConnection, Result, Tx, params};
use crate::domain::account::quota::Quota;
use crate::domain::time::Timestamp;

pub async fn jobs(tx: &mut ReadConnection) -> Result<Vec<(String, String, i64)>> {
    tx.query("SELECT kind, status, count(*) FROM jobs GROUP BY kind, status ORDER BY kind, status", params![]).all().await
}

/// Returns the due time of the queued job that has been due longest. Ignores polls, because a poll is queued with a due time in
/// the past, so that it runs first.
pub async fn oldest_due(tx: &mut ReadConnection, now: Timestamp) -> Result<Option<Timestamp>> {
    let sql = "SELECT run_at FROM jobs WHERE status = 'queued' AND kind <> 'poll' AND run_at <= $1 ORDER BY run_at LIMIT 1";
    tx.query(sql, params![now]).optional_scalar().await
}

pub async fn connections(tx: &mut ReadConnection) -> Result<Vec<(String, i64)>> {
    let sql = "SELECT status, count(*) FROM (
            SELECT status FROM organization_integrations UNION ALL SELECT 'needs_confirmation' FROM pending_connections
        ) AS connections GROUP BY status ORDER BY status";
    tx.query(sql, params![]).all().await
}

macro_rules! used_by {
    ($each:literal) => {
        concat!(
            "SELECT CAST(coalesce(sum(used), 0) AS BIGINT), count(CASE WHEN used >= $1 THEN 1 END),
                 count(CASE WHEN used >= $2 THEN 1 END)
             FROM (SELECT ",
            $each,
            ") AS of_each_organization"
        )
    };
}

const UPLOADS: &str = used_by!(
    "(SELECT count(*) FROM contract_versions v
      WHERE v.organization_id = u.organization_id AND v.source = 'upload' AND v.created_at > $3) AS used FROM organization_usage u"
);

/// Returns the total usage of a quota, and the numbers of organizations that use at least `high` and at least `full`.
pub async fn quota(tx: &mut ReadConnection, quota: Quota, high: i64, full: i64, hour_ago: Timestamp) -> Result<(i64, i64, i64)> {
    let sql = match quota {
        Quota::StorageBytes => used_by!("storage_bytes AS used FROM organization_usage"),
        Quota::Contracts => used_by!("contracts AS used FROM organization_usage"),
        Quota::Users => used_by!("users AS used FROM organization_usage"),
        Quota::WaitingDeliveries => used_by!(
            "count(*) AS used FROM deliveries WHERE status IN ('accepted', 'processing', 'parked') GROUP BY organization_id"
        ),
        Quota::UploadsPerHour => return tx.query(UPLOADS, params![high, full, hour_ago]).one().await,
    };
    tx.query(sql, params![high, full]).one().await
}

/// Verifies that the database accepts writes.
pub async fn probe(tx: &mut Tx, now: Timestamp) -> Result<()> {
    let sql = "INSERT INTO probes (name, probed_at) VALUES ('readiness', $1)
        ON CONFLICT (name) DO UPDATE SET probed_at = excluded.probed_at";
    tx.query(sql, params![now]).execute().await
}
