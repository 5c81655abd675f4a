//! What the tables together say about how connections fare: nothing is stored here.

use super::{ReadConnection, Result, connections::ConnectionRow};
use crate::domain::{
    ids::{ConnectionId, OrganizationId},
    time::Timestamp,
};

/// A connection with its waiting jobs and its last comparison. Before the first comparison, its times are empty and its counts zero.
#[derive(sqlx::FromRow)]
pub struct DetailRow {
    /// The connection.
    #[sqlx(flatten)]
    pub connection: ConnectionRow,
    /// When the next of its waiting jobs runs, when it is degraded.
    pub next_job_at: Option<Timestamp>,
    /// When the next comparison is due.
    pub due_at: Option<Timestamp>,
    /// When it was last compared.
    pub ran_at: Option<Timestamp>,
    /// Since when it is compared.
    pub begun_at: Option<Timestamp>,
    /// How many records were looked at.
    pub records: i64,
    /// How many contracts.
    pub contracts: i64,
    /// How many differences were found.
    pub found: i64,
    /// For how many the repair was queued.
    pub repaired: i64,
    /// Why the comparison stopped early, for people.
    pub note: Option<String>,
    /// Whether a connection of the organization waits for confirmation.
    pub has_pending: bool,
}

/// An organization's connections, in the order of [`super::connections::list`]; `only` picks one.
pub async fn list(tx: &mut ReadConnection, organization: &OrganizationId, only: Option<&ConnectionId>) -> Result<Vec<DetailRow>> {
    tx.query(
        "SELECT c.*, r.due_at, r.ran_at, r.begun_at, r.note,
             coalesce(r.records, 0) AS records, coalesce(r.contracts, 0) AS contracts,
             coalesce(r.found, 0) AS found, coalesce(r.repaired, 0) AS repaired,
             CASE c.status WHEN 'degraded' THEN
                 (SELECT min(j.run_at) FROM jobs j WHERE j.organization_id = c.organization_id AND j.concurrency_key = c.id AND j.status = 'queued')
             END AS next_job_at,
             EXISTS (SELECT 1 FROM pending_connections p WHERE p.organization_id = c.organization_id) AS has_pending
         FROM organization_integrations c
         LEFT JOIN reconciliations r ON r.connection_id = c.id AND r.organization_id = c.organization_id
         WHERE c.organization_id = $1 AND ($2 = '' OR c.id = $2)
         ORDER BY c.id LIMIT 1000",
    )
    .bind(organization)
    .bind(only.map_or("", ConnectionId::as_str))
    .all()
    .await
}
