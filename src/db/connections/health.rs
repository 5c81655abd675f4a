//! Health of connections. One query reads it from several tables.

use super::ConnectionRow;
use crate::db::{ReadConnection, Result, params};
use crate::domain::connection::ConnectionTest;
use crate::domain::connection::health::Work;
use crate::domain::ids::{ConnectionId, DeliveryId, OrganizationId};
use crate::domain::time::Timestamp;
use sqlx::types::Json;

/// A connection with its health. [`super::reconciliations::ReconciliationRow`] documents the fields from `due_at` to `note`.
/// Before the first reconciliation, the times of these fields are `None` and the counts are zero.
#[derive(sqlx::FromRow)]
pub struct HealthRow {
    #[sqlx(flatten)]
    pub connection: ConnectionRow,
    pub last_connected_at: Timestamp,
    pub last_event_at: Option<Timestamp>,
    pub last_write_at: Option<Timestamp>,
    /// Time of the next queued job; `None` unless the connection is degraded.
    pub next_job_at: Option<Timestamp>,
    /// True if a contract is linked to this provider account.
    pub has_contract: bool,
    /// True if a poll of the connection has succeeded.
    pub has_polled: bool,
    /// Message for users about a failure of polls that a person must fix.
    pub poll_error: Option<String>,
    /// True if the connection has a valid webhook secret.
    pub has_secret: bool,
    pub test: Option<Json<ConnectionTest>>,
    /// The last connection test to which the provider responded.
    pub answered: Option<Json<ConnectionTest>>,
    pub tested_by: Option<String>,
    pub tested_at: Option<Timestamp>,
    pub due_at: Option<Timestamp>,
    pub ran_at: Option<Timestamp>,
    pub begun_at: Option<Timestamp>,
    pub records: i64,
    pub contracts: i64,
    pub found: i64,
    pub repaired: i64,
    pub note: Option<String>,
    pub has_pending: bool,
}

/// Lists the organization's connections with their health, in the order of [`super::list`]. If `only` is given, lists only this
/// connection.
pub async fn list(
    tx: &mut ReadConnection,
    organization: &OrganizationId,
    only: Option<&ConnectionId>,
    now: Timestamp,
) -> Result<Vec<HealthRow>> {
    let sql = "SELECT c.*, coalesce(c.connected_at, c.created_at) AS last_connected_at,
            (SELECT d.received_at FROM deliveries d WHERE d.connection_id = c.id ORDER BY d.id DESC LIMIT 1) AS last_event_at,
            (SELECT max(l.last_synced_at) FROM contract_links l
             WHERE l.organization_id = c.organization_id AND l.integration_id = c.integration_id
               AND l.account_id = c.external_account_id) AS last_write_at,
            CASE c.status WHEN 'degraded' THEN
                (SELECT min(j.run_at) FROM jobs j
                 WHERE j.organization_id = c.organization_id AND j.concurrency_key = c.id AND j.status = 'queued')
            END AS next_job_at,
            EXISTS (SELECT 1 FROM contract_links l
             WHERE l.organization_id = c.organization_id AND l.integration_id = c.integration_id
               AND l.account_id = c.external_account_id) AS has_contract,
            EXISTS (SELECT 1 FROM sync_cursors y WHERE y.connection_id = c.id AND y.interval_s > 0) AS has_polled,
            (SELECT y.last_error FROM sync_cursors y WHERE y.connection_id = c.id) AS poll_error,
            EXISTS (SELECT 1 FROM webhook_secrets s
             WHERE s.connection_id = c.id AND s.purpose = 'webhook' AND (s.valid_until IS NULL OR s.valid_until > $2)) AS has_secret,
            EXISTS (SELECT 1 FROM pending_connections p WHERE p.organization_id = c.organization_id) AS has_pending,
            t.result AS test, t.answered, t.tested_by, t.tested_at, r.due_at, r.ran_at, r.begun_at, r.note,
            coalesce(r.records, 0) AS records, coalesce(r.contracts, 0) AS contracts,
            coalesce(r.found, 0) AS found, coalesce(r.repaired, 0) AS repaired
        FROM organization_integrations c
        LEFT JOIN connection_tests t ON t.connection_id = c.id
        LEFT JOIN reconciliations r ON r.connection_id = c.id AND r.organization_id = c.organization_id
        WHERE c.organization_id = $1 AND ($3 = '' OR c.id = $3)
        ORDER BY c.id LIMIT 1000";
    tx.query(sql, params![organization, now, only.map_or("", ConnectionId::as_str)]).all().await
}

/// Counts a connection's work in progress. The conditions on `status` equal those of the partial indexes, so that the queries use
/// the indexes.
pub async fn work(tx: &mut ReadConnection, organization: &OrganizationId, connection: &ConnectionId) -> Result<Work> {
    let sql = "SELECT min(id), count(*), CAST(coalesce(sum(CASE status WHEN 'parked' THEN 1 ELSE 0 END), 0) AS BIGINT)
        FROM deliveries
        WHERE organization_id = $1 AND connection_id = $2 AND status IN ('accepted', 'processing', 'parked')";
    let (oldest, open, imports_parked): (Option<DeliveryId>, i64, i64) =
        tx.query(sql, params![organization, connection]).one().await?;
    let imports = match oldest {
        Some(oldest) => {
            let sql = "SELECT count(*) FROM deliveries WHERE organization_id = $1 AND connection_id = $2 AND id >= $3";
            tx.query(sql, params![organization, connection, oldest]).scalar().await?
        }
        None => 0,
    };
    let sql = "SELECT count(*) FROM jobs
        WHERE organization_id = $1 AND concurrency_key = $2 AND kind = 'push' AND status IN ('queued', 'running', 'parked')";
    let writes = tx.query(sql, params![organization, connection]).scalar().await?;
    let sql = "SELECT count(*) FROM analyses WHERE organization_id = $1 AND status IN ('queued', 'running')";
    let analyses = tx.query(sql, params![organization]).scalar().await?;
    Ok(Work { imports, imports_done: (imports - open).max(0), imports_parked, writes, analyses })
}
