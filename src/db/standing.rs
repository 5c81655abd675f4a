//! What the tables together say about connections: nothing is stored here.

use super::{ReadConnection, Result, connections::ConnectionRow};
use crate::domain::{
    connection::ConnectionTest,
    ids::{ConnectionId, DeliveryId, OrganizationId},
    standing::Work,
    time::Timestamp,
};
use sqlx::types::Json;

/// A connection, and what is known of it beside its own row.
#[derive(sqlx::FromRow)]
pub struct StandingRow {
    /// The connection.
    #[sqlx(flatten)]
    pub connection: ConnectionRow,
    /// When it was connected last.
    pub last_connected_at: Timestamp,
    /// When the provider last called.
    pub last_event_at: Option<Timestamp>,
    /// When a status was last written.
    pub last_write_at: Option<Timestamp>,
    /// When what failed is tried again.
    pub next_try_at: Option<Timestamp>,
    /// Whether a contract came from this account.
    pub has_contract: bool,
    /// Whether a webhook secret works.
    pub has_secret: bool,
    /// The last live check.
    pub test: Option<Json<ConnectionTest>>,
    /// The last live check that the provider answered.
    pub answered: Option<Json<ConnectionTest>>,
    /// Who asked for the last live check.
    pub tested_by: Option<String>,
    /// When.
    pub tested_at: Option<Timestamp>,
    /// Whether a connection of the organization waits for confirmation.
    pub has_pending: bool,
}

/// The standings of an organization's connections, in the order of [`super::connections::list`]; `only` picks one.
pub async fn list(
    tx: &mut ReadConnection,
    organization: &OrganizationId,
    only: Option<&ConnectionId>,
    now: Timestamp,
) -> Result<Vec<StandingRow>> {
    tx.query(
        "SELECT c.*, coalesce(c.connected_at, c.created_at) AS last_connected_at,
             (SELECT d.received_at FROM deliveries d WHERE d.connection_id = c.id ORDER BY d.id DESC LIMIT 1) AS last_event_at,
             (SELECT max(l.last_synced_at) FROM contract_links l
              WHERE l.organization_id = c.organization_id AND l.integration_id = c.integration_id AND l.account_id = c.external_account_id) AS last_write_at,
             (SELECT min(j.run_at) FROM jobs j WHERE j.concurrency_key = c.id AND j.status = 'queued' AND j.attempts > 0) AS next_try_at,
             EXISTS (SELECT 1 FROM contract_links l
              WHERE l.organization_id = c.organization_id AND l.integration_id = c.integration_id AND l.account_id = c.external_account_id) AS has_contract,
             EXISTS (SELECT 1 FROM webhook_secrets s
              WHERE s.connection_id = c.id AND (s.valid_until IS NULL OR s.valid_until > $2)) AS has_secret,
             EXISTS (SELECT 1 FROM pending_connections p WHERE p.organization_id = c.organization_id) AS has_pending,
             t.result AS test, t.answered, t.tested_by, t.tested_at
         FROM organization_integrations c LEFT JOIN connection_tests t ON t.connection_id = c.id
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

/// What is under way at a connection. The conditions on `status` are those of the indexes over what is open.
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
