//! Health of connections, read from several tables in one query.

use super::ConnectionRow;
use crate::{
    db::{ReadConnection, Result},
    domain::{
        connection::{ConnectionTest, health::Work},
        ids::{ConnectionId, DeliveryId, OrganizationId},
        time::Timestamp,
    },
};
use sqlx::types::Json;

/// A connection with its health. Before the first reconciliation, its times are `None` and its counts zero.
#[derive(sqlx::FromRow)]
pub struct HealthRow {
    /// The connection.
    #[sqlx(flatten)]
    pub connection: ConnectionRow,
    /// When it was last connected.
    pub last_connected_at: Timestamp,
    /// The provider's last webhook call.
    pub last_event_at: Option<Timestamp>,
    /// The last status write.
    pub last_write_at: Option<Timestamp>,
    /// When the next queued job runs, while the connection is degraded.
    pub next_job_at: Option<Timestamp>,
    /// Whether a contract is linked to this account.
    pub has_contract: bool,
    /// Whether a webhook secret is valid.
    pub has_secret: bool,
    /// The last connection test.
    pub test: Option<Json<ConnectionTest>>,
    /// The last connection test that the provider answered.
    pub answered: Option<Json<ConnectionTest>>,
    /// Who ran the last connection test.
    pub tested_by: Option<String>,
    /// When it ran.
    pub tested_at: Option<Timestamp>,
    /// When the next reconciliation is due.
    pub due_at: Option<Timestamp>,
    /// When the last reconciliation ended.
    pub ran_at: Option<Timestamp>,
    /// When the current reconciliation began.
    pub begun_at: Option<Timestamp>,
    /// Records checked.
    pub records: i64,
    /// Contracts checked.
    pub contracts: i64,
    /// Differences found.
    pub found: i64,
    /// Differences whose repair was queued.
    pub repaired: i64,
    /// Why the reconciliation stopped early, for people.
    pub note: Option<String>,
    /// Whether a connection of the organization waits for confirmation.
    pub has_pending: bool,
}

/// An organization's connections with their health, in the order of [`super::list`]; `only` selects one.
pub async fn list(
    tx: &mut ReadConnection,
    organization: &OrganizationId,
    only: Option<&ConnectionId>,
    now: Timestamp,
) -> Result<Vec<HealthRow>> {
    tx.query(
        "SELECT c.*, coalesce(c.connected_at, c.created_at) AS last_connected_at,
             (SELECT d.received_at FROM deliveries d WHERE d.connection_id = c.id ORDER BY d.id DESC LIMIT 1) AS last_event_at,
             (SELECT max(l.last_synced_at) FROM contract_links l
              WHERE l.organization_id = c.organization_id AND l.integration_id = c.integration_id AND l.account_id = c.external_account_id) AS last_write_at,
             CASE c.status WHEN 'degraded' THEN
                 (SELECT min(j.run_at) FROM jobs j WHERE j.organization_id = c.organization_id AND j.concurrency_key = c.id AND j.status = 'queued')
             END AS next_job_at,
             EXISTS (SELECT 1 FROM contract_links l
              WHERE l.organization_id = c.organization_id AND l.integration_id = c.integration_id AND l.account_id = c.external_account_id) AS has_contract,
             EXISTS (SELECT 1 FROM webhook_secrets s
              WHERE s.connection_id = c.id AND (s.valid_until IS NULL OR s.valid_until > $2)) AS has_secret,
             EXISTS (SELECT 1 FROM pending_connections p WHERE p.organization_id = c.organization_id) AS has_pending,
             t.result AS test, t.answered, t.tested_by, t.tested_at, r.due_at, r.ran_at, r.begun_at, r.note,
             coalesce(r.records, 0) AS records, coalesce(r.contracts, 0) AS contracts,
             coalesce(r.found, 0) AS found, coalesce(r.repaired, 0) AS repaired
         FROM organization_integrations c
         LEFT JOIN connection_tests t ON t.connection_id = c.id
         LEFT JOIN reconciliations r ON r.connection_id = c.id AND r.organization_id = c.organization_id
         WHERE c.organization_id = $1 AND ($3 = '' OR c.id = $3)
         ORDER BY c.id LIMIT 1000",
    )
    .bind(organization)
    .bind(now)
    .bind(only.map_or("", ConnectionId::as_str))
    .all()
    .await
}

#[derive(sqlx::FromRow)]
struct OpenRow {
    oldest: Option<DeliveryId>,
    open: i64,
    parked: i64,
}

/// The work in progress of a connection. The conditions on `status` match those of the partial indexes.
pub async fn work(tx: &mut ReadConnection, organization: &OrganizationId, connection: &ConnectionId) -> Result<Work> {
    let open: OpenRow = tx
        .query(
            "SELECT min(id) AS oldest, count(*) AS open, CAST(coalesce(sum(CASE status WHEN 'parked' THEN 1 ELSE 0 END), 0) AS BIGINT) AS parked
             FROM deliveries
             WHERE organization_id = $1 AND connection_id = $2 AND status IN ('accepted', 'processing', 'parked')",
        )
        .bind(organization)
        .bind(connection)
        .one()
        .await?;
    let imports = match &open.oldest {
        Some(oldest) => since(tx, organization, connection, oldest).await?,
        None => 0,
    };
    let (writes,): (i64,) = tx
        .query(
            "SELECT count(*) FROM jobs
             WHERE organization_id = $1 AND concurrency_key = $2 AND kind = 'push' AND status IN ('queued', 'running', 'parked')",
        )
        .bind(organization)
        .bind(connection)
        .one()
        .await?;
    let (analyses,): (i64,) = tx
        .query("SELECT count(*) FROM analyses WHERE organization_id = $1 AND status IN ('queued', 'running')")
        .bind(organization)
        .one()
        .await?;
    Ok(Work { imports, imports_done: (imports - open.open).max(0), imports_parked: open.parked, writes, analyses })
}

async fn since(
    tx: &mut ReadConnection,
    organization: &OrganizationId,
    connection: &ConnectionId,
    oldest: &DeliveryId,
) -> Result<i64> {
    let (count,): (i64,) = tx
        .query("SELECT count(*) FROM deliveries WHERE organization_id = $1 AND connection_id = $2 AND id >= $3")
        .bind(organization)
        .bind(connection)
        .bind(oldest)
        .one()
        .await?;
    Ok(count)
}
