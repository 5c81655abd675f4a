//! `organization_usage`: usage of each organization. Database triggers maintain this table. The module also counts uploads and
//! unfinished deliveries, which the table does not contain.

use crate::db::{ReadConnection, Result, params};
use crate::domain::ids::OrganizationId;
use crate::domain::time::Timestamp;

#[derive(Clone, Copy, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct UsageRow {
    pub storage_bytes: i64,
    pub contracts: i64,
    pub users: i64,
}

/// Usage of an organization, including the uncommitted changes of this transaction.
pub async fn find(tx: &mut ReadConnection, organization: &OrganizationId) -> Result<UsageRow> {
    let sql = "SELECT storage_bytes, contracts, users FROM organization_usage WHERE organization_id = $1";
    tx.query(sql, params![organization]).one().await
}

/// Number of versions uploaded after `since`, at most `limit`.
pub async fn uploads_since(tx: &mut ReadConnection, organization: &OrganizationId, since: Timestamp, limit: i64) -> Result<i64> {
    let sql = "SELECT count(*) FROM (SELECT 1 FROM contract_versions
            WHERE organization_id = $1 AND source = 'upload' AND created_at > $2 LIMIT $3) AS uploads";
    tx.query(sql, params![organization, since, limit]).scalar().await
}

/// Number of unfinished deliveries, at most `limit`.
pub async fn waiting_deliveries(tx: &mut ReadConnection, organization: &OrganizationId, limit: i64) -> Result<i64> {
    let sql = "SELECT count(*) FROM (SELECT 1 FROM organization_integrations c JOIN deliveries d ON d.connection_id = c.id
            WHERE c.organization_id = $1 AND d.status IN ('accepted', 'processing', 'parked') LIMIT $2) AS waiting";
    tx.query(sql, params![organization, limit]).scalar().await
}
