//! Numbers over the whole installation, and the probe of readiness. Nothing here belongs to an organization.

use super::{ReadConnection, Result, Tx};
use crate::domain::{account::quota::Quota, time::Timestamp};

/// How many jobs there are of each kind and state.
pub async fn jobs(tx: &mut ReadConnection) -> Result<Vec<(String, String, i64)>> {
    tx.query("SELECT kind, status, count(*) FROM jobs GROUP BY kind, status ORDER BY kind, status").all().await
}

/// Since when the job waits that has been due for longest.
pub async fn oldest_due(tx: &mut ReadConnection, now: Timestamp) -> Result<Option<Timestamp>> {
    let row: Option<(Timestamp,)> = tx
        .query("SELECT run_at FROM jobs WHERE status = 'queued' AND run_at <= $1 ORDER BY run_at LIMIT 1")
        .bind(now)
        .optional()
        .await?;
    Ok(row.map(|row| row.0))
}

/// How many connections there are in each state.
pub async fn connections(tx: &mut ReadConnection) -> Result<Vec<(String, i64)>> {
    tx.query(
        "SELECT status, count(*) FROM (
             SELECT status FROM organization_integrations UNION ALL SELECT 'needs_confirmation' FROM pending_connections) AS connections
         GROUP BY status ORDER BY status",
    )
    .all()
    .await
}

macro_rules! used_by {
    ($each:literal) => {
        concat!(
            "SELECT CAST(coalesce(sum(used), 0) AS BIGINT), count(CASE WHEN used >= $1 THEN 1 END), count(CASE WHEN used >= $2 THEN 1 END)
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

/// How much of a quota all organizations use, and how many of them use at least `high` and at least `full`.
pub async fn quota(
    tx: &mut ReadConnection,
    quota: Quota,
    (high, full): (i64, i64),
    hour_ago: Timestamp,
) -> Result<(i64, i64, i64)> {
    let sql = match quota {
        Quota::StorageBytes => used_by!("storage_bytes AS used FROM organization_usage"),
        Quota::Contracts => used_by!("contracts AS used FROM organization_usage"),
        Quota::Users => used_by!("users AS used FROM organization_usage"),
        Quota::WaitingDeliveries => used_by!(
            "count(*) AS used FROM deliveries WHERE status IN ('accepted', 'processing', 'parked') GROUP BY organization_id"
        ),
        Quota::UploadsPerHour => return tx.query(UPLOADS).bind(high).bind(full).bind(hour_ago).one().await,
    };
    tx.query(sql).bind(high).bind(full).one().await
}

/// Writes a row, which is the only proof that rows can be written.
pub async fn probe(tx: &mut Tx, now: Timestamp) -> Result<()> {
    tx.query(
        "INSERT INTO probes (name, probed_at) VALUES ('readiness', $1)
         ON CONFLICT (name) DO UPDATE SET probed_at = excluded.probed_at",
    )
    .bind(now)
    .execute()
    .await
    .map(drop)
}
