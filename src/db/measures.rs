//! Numbers over the whole installation, and the probe of readiness. Nothing here belongs to an organization.

use super::{Result, Tx};
use crate::domain::time::Timestamp;

/// How many jobs there are of each kind and state.
pub async fn jobs(tx: &mut Tx) -> Result<Vec<(String, String, i64)>> {
    tx.query("SELECT kind, status, count(*) FROM jobs GROUP BY kind, status ORDER BY kind, status").all().await
}

/// Since when the job waits that has been due for longest.
pub async fn oldest_due(tx: &mut Tx, now: Timestamp) -> Result<Option<Timestamp>> {
    let row: Option<(Timestamp,)> = tx
        .query("SELECT run_at FROM jobs WHERE status = 'queued' AND run_at <= $1 ORDER BY run_at LIMIT 1")
        .bind(now)
        .optional()
        .await?;
    Ok(row.map(|row| row.0))
}

/// How many connections there are in each state.
pub async fn connections(tx: &mut Tx) -> Result<Vec<(String, i64)>> {
    tx.query(
        "SELECT status, count(*) FROM (
             SELECT status FROM organization_integrations UNION ALL SELECT 'needs_confirmation' FROM pending_connections) AS connections
         GROUP BY status ORDER BY status",
    )
    .all()
    .await
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
